import { createHash } from 'node:crypto';
import { type Body, bytesBody, syntheticBody } from '../s3';
import { digest } from './site-object';

/** Every small object is a piece of this, so thousands of them need no memory of their own. */
const noise = createHash('shake256', { outputLength: 1024 * 1024 })
  .update('demo')
  .digest();
const LARGEST_PIECE_BYTES = noise.length / 2;

/** The content of an object: different bytes for each `pattern`, and the same bytes in every demo. */
export function contentOf({ sizeBytes, pattern }: { sizeBytes: number; pattern: string }): Body {
  if (sizeBytes > LARGEST_PIECE_BYTES) return syntheticBody(sizeBytes, pattern);
  const start = Number.parseInt(digest(pattern).slice(0, 8), 16) % LARGEST_PIECE_BYTES;
  return bytesBody(noise.subarray(start, start + sizeBytes));
}
