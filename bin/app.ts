import { App } from 'aws-cdk-lib';
import { BucketSyncStack } from '../lib/bucket-sync-stack';
import { DemoStack } from '../lib/demo-stack';
import { ContextError, readSyncContext } from '../lib/sync-context';

const app = new App();
try {
  const context = readSyncContext(app.node);
  if (context.demo) {
    new DemoStack(app, 'BucketSyncDemo');
  } else {
    for (const mirror of context.mirrors) {
      const { name, account, region } = mirror;
      new BucketSyncStack(app, name, { mirror, env: { account, region } });
    }
  }
} catch (error) {
  if (!(error instanceof ContextError)) throw error;
  console.error(error.message);
  process.exit(1);
}
