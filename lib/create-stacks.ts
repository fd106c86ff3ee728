import type { App } from 'aws-cdk-lib';
import { InvalidInputError } from '../statemachine/errors';
import { BucketSyncStack } from './bucket-sync-stack';
import { DemoStack } from './demo-stack';
import type { MirrorSettings } from './mirror-settings';
import { ReportsStack } from './reports-stack';
import type { SyncContext } from './sync-context';

/** Creates a stack for each mirror in the context. @throws InvalidInputError  two of them would interfere with each other */
export function createStacks(app: App, context: SyncContext): void {
  if (context.demo) {
    new DemoStack(app, context.name ?? 'BucketSyncDemo');
    return;
  }
  const reports = context.shareReports ? createReportsStacks(app, context.mirrors) : undefined;
  for (const mirror of context.mirrors) {
    const { name, account, region } = mirror;
    const reportBucket = mirror.reportBucket === undefined ? reports?.get(reportsName(mirror))?.bucket : undefined;
    new BucketSyncStack(app, name, { mirror, reportBucket, env: { account, region } });
  }
}

/** One for each account and Region, because stacks cannot refer to stacks in another account or Region. */
function createReportsStacks(app: App, mirrors: readonly MirrorSettings[]): Map<string, ReportsStack> {
  const names = new Set(mirrors.filter(({ reportBucket }) => reportBucket === undefined).map(reportsName));
  const taken = mirrors.find(({ name }) => names.has(name));
  if (taken) {
    throw new InvalidInputError(
      `Expected \`name\` to differ from the name of the stack with the report bucket, got "${taken.name}"`,
    );
  }
  return new Map(
    [...names].map((name) => {
      const sharing = mirrors.filter((mirror) => reportsName(mirror) === name);
      const [{ account, region } = {}] = sharing;
      // keep every report at least as long as its mirror says
      const days = sharing.map(({ reportDays }) => reportDays).filter((given) => given !== undefined);
      const reportDays =
        days.length === 0 ? undefined : Math.max(...days, ...(days.length < sharing.length ? [90] : []));
      // destroy reports only if every mirror says so
      const [policy, ...others] = new Set(sharing.map((mirror) => mirror.removalPolicy));
      const removalPolicy = others.length === 0 ? policy : undefined;
      return [name, new ReportsStack(app, name, { env: { account, region }, reportDays, removalPolicy })];
    }),
  );
}

function reportsName({ account, region }: MirrorSettings): string {
  return ['BucketSyncReports', account, region].filter((part) => part !== undefined).join('-');
}
