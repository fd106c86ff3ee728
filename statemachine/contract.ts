/**
 * IMPORTANT: these shapes are shared by the constructs, the Lambda functions, the local runner and the command line.
 * They travel as JSON through the state machine (bucketsync.asl.json), so they hold data only.
 */
export * from './contract/counters';
export * from './contract/limits';
export * from './contract/loop';
export * from './contract/run';
export * from './contract/settings';
export * from './contract/summary';
export * from './contract/tasks';
export * from './contract/tokens';
export * from './contract/totals';
export type { SyncInput, SyncRequest } from './input/sync-input';

/**
 * Increase this when the state changes. An execution that began before a deployment brings the shapes of its own version.
 * Only `FinishRun` works with another version.
 */
export const CONTRACT_VERSION = 8;
