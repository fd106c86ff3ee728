import { App } from 'aws-cdk-lib';
import { BucketSyncStack } from '../lib/bucket-sync-stack';
import { ContextError, readSyncContext } from '../lib/sync-context';

const app = new App();
try {
  new BucketSyncStack(app, 'BucketSync', readSyncContext(app.node));
} catch (error) {
  if (!(error instanceof ContextError)) throw error;
  console.error(error.message);
  process.exit(1);
}
