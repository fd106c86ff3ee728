import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';

const DEFINITION = join(__dirname, '../statemachine/bucketsync.asl.json');

interface Retrying {
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
}

/** The result of an execution of the probes: the error that was caught or that ended it, or `none`. */
export function errorOf({ status, error, output }: DescribeExecutionOutput): string {
  if (status !== 'SUCCEEDED') return `${status} ${error ?? ''}`.trim();
  const { caught } = JSON.parse(output ?? '{}') as { readonly caught?: { readonly Error?: string } };
  return caught?.Error ?? 'none';
}

/** Whether the caught error had a cause. */
export function hasCause({ output }: DescribeExecutionOutput): boolean {
  const { caught } = JSON.parse(output ?? '{}') as { readonly caught?: { readonly Cause?: string } };
  return (caught?.Cause ?? '') !== '';
}

/** Names of the errors after which a range is retried. */
export function retriedErrors(): ReadonlySet<string> {
  const names = new Set<string>();
  JSON.parse(readFileSync(DEFINITION, 'utf8'), (key, value: unknown) => {
    if (key !== 'CopyOneRange') return value;
    const { Retry = [] } = value as Retrying;
    for (const error of Retry.flatMap(({ ErrorEquals }) => ErrorEquals)) names.add(error);
    return value;
  });
  return names;
}
