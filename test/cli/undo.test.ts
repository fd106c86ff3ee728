import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunSummary } from '../../statemachine/contract';
import { past, useMirror } from '../support/mirror';
import { MIB, putInParts } from '../support/put-in-parts';
import { StepFunctions } from '../support/step-functions';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli } from './cli-at-length';
import { runCli as runCliProcess } from './command-line';

const mirror = useMirror();
const AWKWARD = ['a b+c%2F', 'a&<>"\'', 'd\u0001', 'e//f', 'ü', '😀', 'index.html', 'j?versionId=1', 'k'.repeat(1000)];

/** Every third key is replaced, added or deleted by a run. */
async function publish() {
  const { source, destination } = mirror.createPair({ destination: { versioning: 'Enabled' } });
  for (const [index, key] of AWKWARD.entries()) {
    if (index % 3 !== 0) destination.put(key, `before ${index}`, { user: { who: 'me' }, tags: [['a', 'b=c&d']] });
    if (index % 3 !== 1) source.put(key, 'after', { lastModified: past });
  }
  putInParts(destination, 'large', [5 * MIB, 5 * MIB, 17], { tags: [['large', 'yes']] });
  source.put('large', 'small by now', { lastModified: past });
  const seen = () =>
    [...AWKWARD, 'large'].map((key) => {
      const object = destination.get(key);
      return object && [key, object.eTag, object.metadata.user, object.tags];
    });
  const reports = ['--report-location', temporaryFolder(), '--json'];
  const run = async (...args: string[]) => {
    const { exitCode, stdout } = await runCli(mirror.s3, [...args, ...reports]);
    return { exitCode, summary: JSON.parse(stdout) as RunSummary & { plan?: object } };
  };
  const before = seen();
  const urls = [`s3://${source.name}`, `s3://${destination.name}`];
  const { summary } = await run('run', ...urls, '--mode', 'publish');
  expect(summary).toMatchObject({ status: 'succeeded', keepsVersions: true, totals: { copied: 7, deleted: 3 } });
  return { source, destination, urls, before, seen, run, id: summary.runId };
}

it('shows what an undo would do, does it, and holds the destination until it is released', async () => {
  const { before, seen, run, id, urls } = await publish();
  const after = seen();

  const planned = await run('undo', id.slice(0, 8), '--plan');
  expect(planned).toMatchObject({ exitCode: 0, summary: { wrote: false, totals: { copied: 7, deleted: 3 } } });
  expect(planned.summary.plan).toMatchObject({
    overwritten: { objects: 4 },
    created: { objects: 3 },
    deleted: { objects: 3 },
  });
  expect(seen()).toEqual(after);

  const undone = await run('undo', id);
  expect(undone).toMatchObject({ exitCode: 0, summary: { status: 'succeeded', input: { undo: id } } });
  expect(seen()).toEqual(before);

  expect((await run('run', ...urls)).summary).toMatchObject({ status: 'held' });
  const again = await run('undo', undone.summary.runId, '--no-hold');
  expect(again.exitCode).toBe(0);
  expect(seen()).toEqual(after);
});

it('says that it has undone the run, on the screen and on its page', async () => {
  const { source, destination } = mirror.createPair({ destination: { versioning: 'Enabled' } });
  source.put('new', 'x', { lastModified: past });
  const reports = ['--report-location', temporaryFolder()];
  const run = (...args: string[]) => runCli(mirror.s3, [...args, ...reports]);
  await run('run', `s3://${source.name}`, `s3://${destination.name}`);

  const { exitCode, stdout } = await run('undo', 'latest');

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^✔ Undone in .*\n {2}nothing copied, 1 deleted|^✔ Undone in .*\n {2}1 deleted/);
  const [, page = ''] = /Report +(\S+report\.html)/.exec(stdout) ?? [];
  expect(readFileSync(page, 'utf8')).toContain('<h1>Undone: 1 object deleted</h1>');
});

it('ends with 1 if something is left, and with 2 if a run cannot be undone', async () => {
  const { destination, run, id } = await publish();
  destination.put('index.html', 'by somebody');

  const undone = await run('undo', id, '--max-deletes', '3', '--no-hold');
  expect(undone).toMatchObject({
    exitCode: 1,
    summary: { error: { name: 'UndoIncompleteError', keys: ['index.html'] } },
  });

  const applied = await run('undo', id, '--plan');
  expect(applied.summary.error?.name).toBe('UndoIncompleteError');
  expect((await run('apply', applied.summary.runId)).exitCode).toBe(2);
  expect((await run('undo', 'never-ran')).exitCode).toBe(2);
  expect((await run('undo', applied.summary.runId)).summary.error).toMatchObject({
    name: 'InvalidInputError',
    message: expect.stringContaining('has written nothing'),
  });
});

it('starts the deployed state machine for a run in AWS', async () => {
  const { source, destination, input } = mirror.createPair({ destination: { versioning: 'Enabled' } });
  source.put('a', 'after', { lastModified: past });
  destination.put('a', 'before');
  const service = await StepFunctions.start(mirror);
  try {
    const more = { AWS_ENDPOINT_URL: service.endpoint, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' };
    await runCliProcess(
      undefined,
      ['start', `s3://${input.source}`, `s3://${input.destination}`, '--watch', '--json'],
      '',
      more,
    );
    const { exitCode, stdout } = await runCliProcess(
      undefined,
      ['undo', service.newest.arn, '--no-hold', '--json'],
      '',
      more,
    );

    expect({ exitCode, started: JSON.parse(stdout).executionArn }).toEqual({
      exitCode: 0,
      started: service.newest.arn,
    });
    await service.newest.ended;
    expect(destination.get('a')?.eTag).toBe(destination.index.get('a')?.versions.at(-1)?.eTag);
  } finally {
    await service.stop();
  }
});

it('says until when a run can be undone, if somebody may read the lifecycle rules', async () => {
  const { destination, id, run } = await publish();
  const rule = '<ID>former</ID><Filter></Filter><Status>Enabled</Status>';
  destination.lifecycle = `<Rule>${rule}<NoncurrentVersionExpiration><NoncurrentDays>30</NoncurrentDays></NoncurrentVersionExpiration></Rule>`;

  const { summary } = await run('undo', id, '--plan');
  const at = Date.parse((summary as { undoableUntil?: string }).undoableUntil ?? '');
  expect((at - Date.parse(summary.startedAt)) / 86_400_000).toBeGreaterThanOrEqual(29.9);
  expect(at % 86_400_000).toBe(0);

  const reports = join(summary.report ?? '', '../..');
  const { stdout } = await runCli(mirror.s3, ['undo', id, '--plan', '--report-location', reports]);
  expect(stdout).toMatch(/keeps what that run\s+replaced or deleted at least until \d{4}-\d\d-\d\d\n/);

  destination.denied.add('s3:GetLifecycleConfiguration');
  expect((await run('undo', id, '--plan')).summary).not.toHaveProperty('undoableUntil');
});
