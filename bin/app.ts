import { App } from 'aws-cdk-lib';
import { createStacks } from '../lib/create-stacks';
import { readSyncContext } from '../lib/sync-context';

/** Errors whose message is enough for the user. */
const EXPLAINED = ['ContextError', 'InvalidInputError'];

const app = new App();
try {
  createStacks(app, readSyncContext(app.node));
} catch (error) {
  if (!(error instanceof Error) || !EXPLAINED.includes(error.name)) throw error;
  console.error(error.message);
  process.exit(1);
}
