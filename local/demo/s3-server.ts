import { S3State, startS3 } from '../s3';
import type { Seeder } from './s3-process';

/** The process that `startS3Process` starts: fills an S3, serves it, and answers with the requests it counted. */
async function serve(seeder = '', options = '{}'): Promise<void> {
  const state = new S3State();
  const facts = ((await import(seeder)) as Seeder).seed(state, JSON.parse(options));
  const server = await startS3({ state, credentials: 'any' });
  process.on('message', () => {
    process.send?.(server.requests.byOperation());
    server.requests.reset();
  });
  process.send?.({ endpoint: server.endpoint, facts });
}

// Ctrl-C reaches this process too, but the run still needs it to end cleanly.
process.on('SIGINT', () => {}).on('SIGTERM', () => {});
process.on('disconnect', () => process.exit(0));
void serve(...process.argv.slice(2));
