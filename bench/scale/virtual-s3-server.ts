import { startS3 } from '../../local/s3';
import { answerParent } from '../frame/child';
import { type Virtual, VirtualBucket } from './virtual-bucket';
import { VirtualIndex } from './virtual-index';

/** Serves both buckets from an embedded S3 that computes them. */
answerParent<Virtual>(async (virtual) => {
  const server = await startS3({ credentials: 'any' });
  for (const side of ['source', 'destination'] as const) {
    server.createBucket(side, { index: new VirtualIndex(new VirtualBucket(virtual, side), () => new Date()) });
  }
  return { endpoint: server.endpoint };
});
