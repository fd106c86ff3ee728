import { parseArgs } from 'node:util';
import { startS3 } from './server';

/**
 * Serves an embedded S3 from a process of its own until it is stopped:
 *
 *     node --import ./bin/tsx.mjs local/s3/serve.ts --port 9000 --bucket source --bucket destination
 *
 * Serves every client, whatever its credentials. Prints `{"endpoint":"http://127.0.0.1:9000"}` once it listens, and sends
 * the same to a parent process that listens for messages.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      region: { type: 'string', default: 'us-east-1' },
      bucket: { type: 'string', multiple: true, default: [] },
    },
  });
  const s3 = await startS3({ port: Number(values.port), region: values.region, credentials: 'any' });
  for (const name of values.bucket) s3.createBucket(name);
  console.log(JSON.stringify({ endpoint: s3.endpoint }));
  process.send?.({ endpoint: s3.endpoint });
}

void main();
