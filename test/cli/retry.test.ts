import type { RunSummary } from '../../statemachine/contract';
import { contentsOf } from '../support/contents';
import { past, useMirror } from '../support/mirror';
import { StepFunctions } from '../support/step-functions';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli } from './cli-at-length';
import { runCli as runCliProcess } from './command-line';

const mirror = useMirror();
const denied = { status: 403, code: 'AccessDenied' } as const;

/** Five objects to copy, of which two are refused, and four orphans, of which none can be deleted. */
function createFailingPair() {
  const { source, destination, input } = mirror.createPair();
  for (const key of ['a', 'b', 'c', 'd', 'e']) source.put(key, 'x', { lastModified: past });
  const orphans = ['w', 'x', 'y', 'z'];
  for (const key of orphans) destination.put(key, 'x');
  mirror.s3.onRequest = ({ operation, key = '' }) => {
    if (operation === 'DeleteObjects' || (operation === 'DeleteObject' && orphans.includes(key))) return denied;
    return operation === 'CopyObject' && ['b', 'd'].includes(key) ? denied : undefined;
  };
  return { source, destination, input, urls: [`s3://${source.name}`, `s3://${destination.name}`] };
}

it('repeats only what failed in a local run, within the deletes that this run has left', async () => {
  const { source, destination, urls } = createFailingPair();
  for (const key of ['left/1', 'left/2']) destination.put(key, 'x');
  const reports = ['--report-location', temporaryFolder(), '--json'];
  const filtered = [...urls, '--exclude', 'left/**'];
  const first = await runCli(mirror.s3, ['run', ...filtered, '--max-deletes', '50%', ...reports]);
  const failed = JSON.parse(first.stdout) as RunSummary;
  expect(failed).toMatchObject({ error: { name: 'DeleteGuardError' } });

  const second = await runCli(mirror.s3, ['run', ...filtered, '--max-deletes', '100%', ...reports]);
  const incomplete = JSON.parse(second.stdout) as RunSummary;
  expect(incomplete).toMatchObject({ error: { name: 'SyncIncompleteError' }, totals: { failed: 6 } });
  mirror.s3.onRequest = undefined;
  source.put('new', 'x');

  const third = await runCli(mirror.s3, ['retry', incomplete.runId, ...reports]);
  const again = JSON.parse(third.stdout) as RunSummary;
  expect(third.exitCode).toBe(0);
  expect(again).toMatchObject({
    status: 'succeeded',
    input: { retry: incomplete.runId, maxDeletes: 4 },
    totals: { copied: 2, deleted: 4, failed: 0 },
  });
  expect([...contentsOf(destination).keys()]).toEqual(['a', 'b', 'c', 'd', 'e', 'left/1', 'left/2']);

  const refused = await runCli(mirror.s3, ['retry', failed.runId, ...reports]);
  expect(refused.exitCode).toBe(2);
  expect(JSON.parse(refused.stdout).error).toMatchObject({
    name: 'InvalidInputError',
    message: expect.stringContaining('DeleteGuardError. Start the same run again in full'),
  });
});

it.each([['never-ran'], ['../locks']])('refuses to retry %j', async (run) => {
  expect(await runCli(mirror.s3, ['retry', run])).toMatchObject({ exitCode: 2, stdout: '' });
});

it('rejects a publishing run that did not reach its end', async () => {
  const { urls } = createFailingPair();
  const reports = ['--report-location', temporaryFolder(), '--json'];
  const { stdout } = await runCli(mirror.s3, ['run', ...urls, '--mode', 'publish', ...reports]);
  const { exitCode, stderr } = await runCli(mirror.s3, ['retry', JSON.parse(stdout).runId, ...reports]);
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('Start the same run again in full'),
  });
});

it('starts the deployed state machine for a run in AWS', async () => {
  const service = await StepFunctions.start(mirror);
  try {
    const { destination, urls } = createFailingPair();
    const more = { AWS_ENDPOINT_URL: service.endpoint, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' };
    await runCliProcess(undefined, ['start', ...urls, '--watch', '--json'], '', more);
    const { arn } = service.newest;
    mirror.s3.onRequest = undefined;

    const { exitCode, stdout } = await runCliProcess(undefined, ['retry', arn, '--json'], '', more);

    expect({ exitCode, started: JSON.parse(stdout).executionArn }).toEqual({
      exitCode: 0,
      started: service.newest.arn,
    });
    await service.newest.ended;
    expect([...contentsOf(destination).keys()]).toEqual(['a', 'b', 'c', 'd', 'e']);
  } finally {
    await service.stop();
  }
});
