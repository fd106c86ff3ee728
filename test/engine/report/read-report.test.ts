import { gzipSync } from 'node:zlib';
import { type ReportView, readFailures, readLines } from '../../../lambdas/engine/report/read-report';
import { FolderRunStore } from '../../../lambdas/host/run-store/folder-run-store';
import type { ReportLine } from '../../../statemachine/contract';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const store = new FolderRunStore(folder);

type Line = Partial<ReportLine> & { readonly key: string };
let runs = 0;

/** A report of parts, by their names below the run's folder. */
async function reportOf(parts: Record<string, Line[]>): Promise<string> {
  const run = `run-${runs++}`;
  for (const [name, lines] of Object.entries(parts)) {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    await store.putIfAbsent(`runs/${run}/${name}-0.jsonl.gz`, gzipSync(text));
  }
  return run;
}

async function read(run: string, view: ReportView): Promise<string[]> {
  const found: string[] = [];
  for await (const lines of readLines(store, run, view)) {
    found.push(...lines.map(({ phase, action, key }) => `${phase} ${action} ${key}`));
  }
  return found.sort();
}

const done = (action: 'copy' | 'delete', key: string): Line => ({ phase: 'sync', action, outcome: 'done', key });
const planned = (action: 'copy' | 'delete', key: string): Line => ({
  phase: 'plan',
  action,
  outcome: 'planned',
  key,
});
const failed = (phase: 'plan' | 'sync', key: string): Line => ({
  phase,
  action: 'copy',
  outcome: 'failed',
  key,
  error: 'denied',
});

it('shows in each view what belongs there', async () => {
  const run = await reportOf({
    'actions/plan-delete-0-0-a': [planned('delete', 'x'), planned('delete', 'y')],
    'actions/sync-delete-0-0-b': [done('delete', 'x')],
    'actions/sync-copy-0-0-c': [done('copy', 'k')],
    'actions/verify-copy-0-0-d': [{ phase: 'verify', action: 'compare', outcome: 'differs', key: 'k' }],
  });
  expect(await read(run, 'actions')).toEqual(['sync copy k', 'sync delete x']);
  expect(await read(run, 'plan')).toEqual(['plan delete x', 'plan delete y']);
  expect(await read(run, 'differences')).toEqual(['verify compare k']);
  expect(await read(run, 'failures')).toEqual([]);
});

it('shows once what two attempts at a range of a step of `order` have reported', async () => {
  const run = await reportOf({
    'actions/step-2-copy-0-1-lost': [{ ...done('copy', 'a'), phase: 'step-2' }],
    'actions/step-2-copy-0-1-again': [{ ...done('copy', 'a'), phase: 'step-2' }],
    'actions/step-12-copy-0-1-x': [{ ...done('copy', 'b'), phase: 'step-12' }],
    'failures/step-2-copy-0-1-lost': [{ ...failed('sync', 'a'), phase: 'step-2' }],
  });
  expect(await read(run, 'actions')).toEqual(['step-12 copy b', 'step-2 copy a']);
  expect(await read(run, 'failures')).toEqual([]);
});

it('shows once what two attempts at a range have reported, even if the second came in a later round', async () => {
  const run = await reportOf({
    'actions/sync-delete-0-1-lost': [done('delete', 'a'), done('delete', 'b'), done('delete', 'c')],
    'actions/sync-delete-0-1-again': [done('delete', 'a')],
    'actions/sync-delete-1-0-x': [done('delete', 'b'), done('delete', 'd')],
    'actions/sync-delete-0-10-x': [done('delete', 'e')],
    'actions/sync-copy-0-1-x': [done('copy', 'a')],
  });
  expect(await read(run, 'actions')).toEqual([
    'sync copy a',
    ...['a', 'b', 'c', 'd', 'e'].map((key) => `sync delete ${key}`),
  ]);
});

it('counts what failed in a plan and again in the run once, and leaves out what only the plan could not decide', async () => {
  const run = await reportOf({
    'failures/plan-copy-0-0-a': [failed('plan', 'once'), failed('plan', 'twice')],
    'failures/sync-copy-0-0-b': [failed('sync', 'twice')],
  });
  expect(await read(run, 'failures')).toEqual(['sync copy twice']);
  const [only, ...others] = await readFailures(store, run, 10);
  expect([only?.key, others]).toEqual(['twice', []]);

  const dryRun = await reportOf({ 'failures/plan-copy-0-0-a': [failed('plan', 'once')] });
  expect(await read(dryRun, 'failures')).toEqual(['plan copy once']);
});

it('does not count a failed attempt as a failure of the run if another attempt or a later round succeeded', async () => {
  const run = await reportOf({
    'failures/sync-copy-0-0-lost': [failed('sync', 'a'), failed('sync', 'b'), failed('sync', 'c')],
    'failures/sync-copy-0-0-again': [failed('sync', 'a')],
    'actions/sync-copy-0-0-again': [done('copy', 'b')],
    'actions/sync-copy-1-0-x': [done('copy', 'c')],
    'actions/sync-delete-0-0-x': [done('delete', 'a')],
  });
  expect(await read(run, 'failures')).toEqual(['sync copy a']);
});

it('reads what older versions wrote: the name of the part says in which phase it was', async () => {
  const old = (action: string, key: string, error?: string) => ({ action, key, error }) as Line;
  const run = await reportOf({
    'actions/plan-delete-0-0-a': [old('delete', 'x')],
    'actions/sync-delete-0-0-b': [old('delete', 'y')],
    'actions/verify-copy-0-0-c': [old('copy', 'k')],
    'failures/sync-copy-0-0-d': [old('copy', 'f', 'denied')],
  });
  expect(await read(run, 'actions')).toEqual(['sync delete y']);
  expect(await read(run, 'plan')).toEqual(['plan delete x']);
  expect(await read(run, 'differences')).toEqual(['verify compare k']);
  expect(await read(run, 'failures')).toEqual(['sync copy f']);
});

it.each([
  [
    'unpacks to more than any part has',
    () => gzipSync(Buffer.alloc(129 * 1024 ** 2), { level: 1 }),
    /128 MiB at most, got more/,
  ],
  ['is no gzip', () => Buffer.from('lines'), /gzip .*got Error: incorrect header check/],
])('ends with an error that names the part, if one %s', async (_what, body, message) => {
  const run = await reportOf({ 'actions/sync-copy-0-0-a': [done('copy', 'k')] });
  const name = `runs/${run}/actions/sync-copy-0-1-b-0.jsonl.gz`;
  await store.putIfAbsent(name, body());

  const error: unknown = await read(run, 'actions').catch((reason: unknown) => reason);

  expect(error).toMatchObject({ message: expect.stringMatching(message) });
  expect(error).toMatchObject({ message: expect.stringContaining(store.locate(name)) });
});
