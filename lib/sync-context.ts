import type { Node } from 'constructs';
import { syncInputSchema } from '../statemachine/sync-input';

/** What the CDK app takes from `-c key=value`, or from `context` in `cdk.json`. */
export interface SyncContext {
  readonly source: string;
  readonly destination: string;
}

/** The message is all that a user needs to see. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

/** @throws ContextError  names the context key, what it got and what it wants */
export function readSyncContext(node: Node): SyncContext {
  return { source: readBucketName(node, 'source'), destination: readBucketName(node, 'destination') };
}

function readBucketName(node: Node, key: keyof SyncContext): string {
  const value: unknown = node.tryGetContext(key);
  const parsed = syncInputSchema.shape[key].safeParse(value);
  if (parsed.success) return parsed.data;
  const expected =
    parsed.error.issues[0]?.code === 'invalid_type' ? 'the name of a bucket' : parsed.error.issues[0]?.message;
  throw new ContextError(
    `Expected context \`${key}\` to be ${expected}, got ${describe(value)}. ` +
      `Give it with -c ${key}=BUCKET, or under "context" in cdk.json.`,
  );
}

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : `\`${JSON.stringify(value)}\` (${typeof value})`;
}
