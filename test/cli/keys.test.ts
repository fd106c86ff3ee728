import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { RunSummary } from '../../statemachine/contract';
import { contentsOf } from '../support/contents';
import { past, useMirror } from '../support/mirror';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli } from './cli-at-length';

const mirror = useMirror();

function createPair() {
  const { source, destination } = mirror.createPair();
  for (const key of ['a', 'b', 'c']) source.put(key, 'x', { lastModified: past });
  for (const key of ['y', 'z']) destination.put(key, 'x');
  const places = [`s3://${source.name}`, `s3://${destination.name}`];
  const keys = () => [...contentsOf(destination).keys()];
  return { places, keys, reports: ['--report-location', temporaryFolder()] };
}

/** A file of the folder in which the command runs. @returns its relative path */
function writeList(content: string, name = 'list.txt'): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, content);
  return relative(process.cwd(), file);
}

it('mirrors only the keys of a file of this machine', async () => {
  const { places, keys, reports } = createPair();
  const { exitCode, stdout } = await runCli(mirror.s3, [
    'run',
    ...places,
    '--keys-from',
    writeList('b\nz\n'),
    '--json',
    ...reports,
  ]);
  expect({ exitCode, totals: (JSON.parse(stdout) as RunSummary).totals }).toMatchObject({
    exitCode: 0,
    totals: { copied: 1, deleted: 1 },
  });
  expect(keys()).toEqual(['b', 'y']);
});

it('takes the lines of a report as a list: what a plan shows can be done for some of it', async () => {
  const { places, keys, reports } = createPair();
  const plan = await runCli(mirror.s3, ['plan', ...places, '--json', ...reports]);
  const { runId } = JSON.parse(plan.stdout) as RunSummary;
  const { stdout } = await runCli(mirror.s3, ['report', runId, '--lines', 'plan', ...reports]);
  const copies = stdout.split('\n').filter((line) => line.includes('"copy"'));

  await runCli(mirror.s3, ['run', ...places, '--keys-from', writeList(copies.join('\n'), 'list.jsonl'), ...reports]);

  expect(keys()).toEqual(['a', 'b', 'c', 'y', 'z']);
});

it('prints the keys of a plan about some keys', async () => {
  const { places, reports } = createPair();
  const list = writeList('b\nz\n');
  const { exitCode, stdout } = await runCli(mirror.s3, ['plan', ...places, '--keys', '--keys-from', list, ...reports]);
  expect(exitCode).toBe(0);
  const shown = stdout.split('\n').filter((line) => /^\s*[+~-] /.test(line));
  expect(new Set(shown.map((line) => line.trim()))).toEqual(new Set(['+ "b"', '- "z"']));
});

it('repeats what failed in such a run without its list', async () => {
  const { places, keys, reports } = createPair();
  mirror.s3.onRequest = ({ operation }) =>
    operation === 'CopyObject' ? { status: 403, code: 'AccessDenied' } : undefined;
  const first = await runCli(mirror.s3, ['run', ...places, '--keys-from', writeList('b\nz\n'), '--json', ...reports]);
  mirror.s3.onRequest = undefined;
  const again = await runCli(mirror.s3, [
    'retry',
    (JSON.parse(first.stdout) as RunSummary).runId,
    '--json',
    ...reports,
  ]);
  expect({ exitCode: again.exitCode, keys: keys() }).toEqual({ exitCode: 0, keys: ['b', 'y'] });
});

it('names the option and the line that is wrong, with exit code 2', async () => {
  const { places, reports } = createPair();
  const list = writeList('b\n', 'list.jsonl');
  const { exitCode, stderr, stdout } = await runCli(mirror.s3, ['run', ...places, '--keys-from', list, ...reports]);
  expect({ exitCode, said: stdout + stderr }).toMatchObject({
    exitCode: 2,
    said: expect.stringContaining('Expected line 1 of file://'),
  });

  const nowhere = await runCli(mirror.s3, ['run', ...places, '--keys-from', 's3://bucket', ...reports]);
  expect(nowhere).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('Expected --keys-from to be the place of a list'),
  });
});

it('starts no execution with a file of this machine', async () => {
  const { exitCode, stderr } = await runCli(undefined, ['start', '--keys-from', writeList('b\n')]);
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('Expected --keys-from to be s3://bucket/key, got '),
  });
});
