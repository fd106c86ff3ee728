import type { Stage } from '../assumption';
import { DeployedDemo } from '../deployed-demo';
import type { Lab } from '../lab';
import { removeStack } from '../remove-stack';

const READS = 100;

function demoOf(lab: Lab): Promise<DeployedDemo> {
  return lab.shared('demo', () => DeployedDemo.deploy(lab));
}

/** The summary that a run ends with. */
function copiedOf(output: string | undefined): number {
  const { totals } = JSON.parse(output ?? '{}') as { totals?: { copied?: number } };
  return totals?.copied ?? Number.NaN;
}

function firstRunOf(lab: Lab): Promise<string> {
  return lab.shared('first run', async () => (await demoOf(lab)).start());
}

export const deployed: Stage = {
  id: 'G',
  title: 'the demo stack, deployed, run and destroyed',
  needs: ['B'],
  options: ['deploy'],
  estimate: { requests: 6_000, usd: 0.06 },
  assumptions: [
    {
      id: 'G1',
      says: 'The demo stack can be deployed under a name of its own',
      source: 'bucketsync: bin/app.ts, lib/demo-stack.ts',
      expected: 'ok',
      essential: true,
      async observe(lab) {
        await demoOf(lab);
        return 'ok';
      },
    },
    {
      id: 'G2',
      says: 'How often DescribeExecution does not know an execution that was just started',
      source: 'AWS: DescribeExecution is eventually consistent; bucketsync: start --watch',
      async observe(lab) {
        const [demo, run] = [await demoOf(lab), await firstRunOf(lab)];
        const reads = await Promise.allSettled(Array.from({ length: READS }, () => demo.describe(run)));
        return `${reads.filter(({ status }) => status === 'rejected').length} of ${READS}`;
      },
    },
    {
      id: 'G3',
      says: 'A run that starts right after the deployment succeeds',
      source: 'AWS: IAM is eventually consistent; bucketsync: the whole state machine',
      expected: 'SUCCEEDED',
      async observe(lab) {
        const { status, error = '', cause = '' } = await (await demoOf(lab)).ended(await firstRunOf(lab));
        return status === 'SUCCEEDED' ? status : `${status} ${error} ${cause}`;
      },
    },
    {
      id: 'G4',
      says: 'A second run copies nothing',
      source: 'bucketsync: compare.ts',
      expected: 'SUCCEEDED, 0 copied',
      async observe(lab) {
        const demo = await demoOf(lab);
        const { status, output } = await demo.ended(await demo.start());
        return `${status}, ${copiedOf(output)} copied`;
      },
    },
    {
      id: 'G5',
      says: 'How long each Distributed Map takes from its start to its end',
      source: 'bucketsync: the time of a round; re:Post names seven seconds',
      async observe(lab) {
        const seconds = await (await demoOf(lab)).mapRunSeconds(await firstRunOf(lab));
        if (seconds.length === 0) return 'the history names no Map Run';
        return `${seconds.length} Map Runs, ${Math.min(...seconds)} to ${Math.max(...seconds)} s`;
      },
    },
    {
      id: 'G6',
      says: 'A run that follows one that was stopped takes its lock over and succeeds',
      source: 'AWS: StopExecution; bucketsync: run-lock.ts',
      expected: 'ABORTED, then SUCCEEDED',
      async observe(lab) {
        const demo = await demoOf(lab);
        const stopped = await demo.start();
        await demo.stop(stopped);
        const [first, second] = [await demo.ended(stopped), await demo.ended(await demo.start())];
        return `${first.status}, then ${second.status}`;
      },
    },
    {
      id: 'G7',
      says: 'The stack can be destroyed, with its buckets',
      source: 'bucketsync: lib/demo-stack.ts, local/demo/bucket-content.ts',
      expected: 'gone',
      async observe(lab) {
        await demoOf(lab);
        await removeStack(lab.signing, lab.name);
        return 'gone';
      },
    },
  ],
};
