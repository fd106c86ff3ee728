import fc from 'fast-check';
import type { RunSummary } from '../../statemachine/contract';
import { finished, startCli } from '../support/cli-process';
import { Disturbances } from '../support/disturbances';
import { everyNth, randomCases } from '../support/length';
import { useMemoryMirror } from '../support/memory-mirror';
import { useMirror } from '../support/mirror';
import { randomOf } from '../support/random';
import { retryAtOnce } from '../support/retries';
import { roundsOf } from '../support/rounds-of';
import { createVariedPair, VARIED_PAGE } from '../support/varied-pair';
import { Watch } from '../support/watch';

const mirror = useMemoryMirror();
/** For runs in other processes. */
const overHttp = useMirror();
retryAtOnce();

/** The request, and which of its kind, at which a process is killed. */
const KILLED_AT: [kind: string, moment: number][] = [
  ['CopyObject', 3],
  ['UploadPartCopy', 2],
  ['DeleteObjects', 1],
];

async function killAt(kind: string, moment: number, running: ReturnType<typeof startCli>): Promise<void> {
  let left = moment;
  overHttp.s3.onRequest = ({ operation }) => {
    if (operation === kind) left -= 1;
    if (left <= 0) running.kill('SIGKILL');
    return undefined;
  };
  expect(await finished(running)).toMatchObject({ exitCode: null, stdout: '' });
  overHttp.s3.onRequest = undefined;
}

it.each(everyNth(2, KILLED_AT, 1))(
  'finishes, after a process was killed at %s %i, with the next run, which takes the lock over',
  async (kind, moment) => {
    const pair = createVariedPair(overHttp);
    const watch = new Watch(overHttp, pair);
    const held = watch.begin();
    const run = () =>
      startCli(overHttp.s3, ['run', `s3://${pair.source.name}`, `s3://${pair.destination.name}`, '--json'], {
        BUCKETSYNC_REPORT_LOCATION: overHttp.reportLocation,
      });
    await killAt(kind, moment, run());

    const { stdout } = await finished(run());

    expect(JSON.parse(stdout) as RunSummary).toMatchObject({ status: 'succeeded' });
    watch.judgeDeletes(held);
    await watch.expectConvergence({ pageSize: VARIED_PAGE });
    expect(watch.violations).toEqual([]);
  },
);

it.each(everyNth(2, KILLED_AT, 0))(
  'ends as if nobody had killed it, after a process that applied a plan was killed at %s %i, when the plan is applied again',
  async (kind, moment) => {
    const pair = createVariedPair(overHttp);
    const folder = { BUCKETSYNC_REPORT_LOCATION: overHttp.reportLocation };
    const start = (...args: string[]) => startCli(overHttp.s3, [...args, '--json'], folder);
    const sides = [`s3://${pair.source.name}`, `s3://${pair.destination.name}`];
    const { runId } = JSON.parse((await finished(start('plan', ...sides))).stdout) as RunSummary;
    await killAt(kind, moment, start('apply', runId));

    const again = JSON.parse((await finished(start('apply', runId))).stdout) as RunSummary;
    const check = await finished(start('check', ...sides));

    expect(again).toMatchObject({ status: 'succeeded', totals: { failed: 0 } });
    expect(check.exitCode).toBe(0);
  },
);

it.each([
  ['run out of time at any request', { timeOut: 0.5, twice: 0 }],
  ['are delivered twice at once', { timeOut: 0, twice: 0.7 }],
  ['do both, while the source changes and S3 fails', { timeOut: 0.2, twice: 0.2, fault: 0.05, change: 0.05 }],
])('loses nothing if Tasks %s', async (_what, rates) => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.constantFrom(1, 60_000), async (seed, readings) => {
      const pair = createVariedPair(mirror);
      const watch = new Watch(mirror, pair);
      const change = () => pair.source.put('new', 'x');
      const all = { fault: 0, change: 0, ...rates };
      const disturbances = new Disturbances(all, randomOf(seed), new Map(), change);
      const host = roundsOf(readings);
      mirror.s3.onRequest = disturbances.onRequest;

      const { around } = disturbances;
      await watch.run({ pageSize: VARIED_PAGE, host, around, overlapping: all.twice > 0 });

      mirror.s3.onRequest = undefined;
      await watch.expectConvergence({ pageSize: VARIED_PAGE });
      expect(watch.violations).toEqual([]);
    }),
    randomCases({ quick: 1, full: 4 }),
  );
});
