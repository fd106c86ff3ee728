import { crc32 } from 'node:zlib';
import { invalidArgument } from './errors';
import type { ByteKey } from './ordered-index';

/** A continuation token holds the position after which a listing continues. Clients cannot read it. */
export function writeToken(after: ByteKey): string {
  const position = Buffer.from(after, 'latin1');
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(position));
  return Buffer.concat([check, position]).toString('base64');
}

/** @throws S3Error InvalidArgument for what `writeToken` did not write */
export function readToken(token: string): ByteKey {
  const bytes = Buffer.from(token, 'base64');
  const position = bytes.subarray(4);
  if (bytes.length < 4 || bytes.readUInt32BE() !== crc32(position) || bytes.toString('base64') !== token)
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
  return position.toString('latin1');
}
