import type { Stage } from '../assumption';
import { countMessages, findMessage, judgeMessage } from '../notifications';
import { removeStack } from '../remove-stack';
import {
  deploymentOf,
  describeEnd,
  firstRun,
  readSummary,
  run,
  secondRun,
  startOfFirstRun,
  startRun,
} from './g-deployment';
import { mapOfProbes, probesFrom } from './g-probes';
import { redrivesFrom } from './g-redrives';

const READS = 100;

const probes = probesFrom(8);
const redrives = redrivesFrom(8 + probes.length);

export const deployed: Stage = {
  id: 'G',
  title: 'the demo stack, deployed, run and destroyed',
  needs: ['B'],
  options: ['deploy'],
  estimate: { requests: 6_000, usd: 0.2 },
  assumptions: [
    {
      id: 'G1',
      says: 'The demo stack can be deployed under a name of its own',
      source: 'bucketsync: lib/demo-stack.ts, prove/stack',
      expected: 'ok',
      essential: true,
      async observe(lab) {
        await deploymentOf(lab);
        return 'ok';
      },
    },
    {
      id: 'G2',
      says: 'How often DescribeExecution does not know an execution that was just started',
      source: 'AWS: DescribeExecution is eventually consistent; bucketsync: start --watch',
      async observe(lab) {
        const { executions } = await deploymentOf(lab);
        const arn = await startOfFirstRun(lab);
        const reads = await Promise.allSettled(Array.from({ length: READS }, () => executions.describe(arn)));
        return `${reads.filter(({ status }) => status === 'rejected').length} of ${READS}`;
      },
    },
    {
      id: 'G3',
      says: 'A run that starts right after the deployment succeeds',
      source: 'AWS: IAM is eventually consistent; bucketsync: the whole state machine',
      expected: 'SUCCEEDED',
      observe: async (lab) => describeEnd(await firstRun(lab)),
    },
    {
      id: 'G4',
      says: 'A second run copies nothing',
      source: 'bucketsync: compare.ts',
      expected: 'SUCCEEDED, 0 copied',
      async observe(lab) {
        const ended = await secondRun(lab);
        return `${describeEnd(ended)}, ${readSummary(ended).totals?.copied} copied`;
      },
    },
    {
      id: 'G5',
      says: 'How long a Distributed Map takes whose children do nothing',
      source: 'bucketsync: the time of a round; re:Post names seven seconds',
      async observe(lab) {
        const { executions } = await deploymentOf(lab);
        const seconds = await executions.mapRunSeconds((await mapOfProbes(lab)).executionArn ?? '');
        if (seconds.length === 0) return 'the history names no Map Run';
        return `${Math.max(...seconds)} s`;
      },
    },
    {
      id: 'G6',
      says: 'Subscribers get a message that tells how a run ended, where its report is, and which execution it was',
      source: 'AWS: SNS Publish; bucketsync: announce-run.ts, run-message.ts',
      expected: 'as it ended',
      async observe(lab) {
        const { outputs } = await deploymentOf(lab);
        const ended = await secondRun(lab);
        const message = await findMessage(lab.signing, outputs.MessagesUrl, ended.executionArn ?? '');
        if (message !== undefined) return judgeMessage(message, ended, outputs.ReportBucketName);
        return `none came, ${await countMessages(lab.signing, outputs.DeadLettersUrl)} that could not be delivered`;
      },
    },
    {
      id: 'G7',
      says: 'A run that follows one that was stopped takes its lock over and succeeds',
      source: 'AWS: StopExecution; bucketsync: run-lock.ts',
      expected: 'ABORTED, then SUCCEEDED',
      async observe(lab) {
        const { executions } = await deploymentOf(lab);
        const stopped = await startRun(lab, {});
        await executions.stop(stopped);
        const [first, second] = [await executions.ended(stopped), await run(lab)];
        return `${first.status}, then ${describeEnd(second)}`;
      },
    },
    ...probes,
    ...redrives,
    {
      id: `G${8 + probes.length + redrives.length}`,
      says: 'The stack can be destroyed, with its buckets',
      source: 'bucketsync: lib/demo-stack.ts, local/demo/bucket-content.ts',
      expected: 'gone',
      async observe(lab) {
        await deploymentOf(lab);
        await removeStack(lab.signing, lab.name);
        return 'gone';
      },
    },
  ],
};
