import { readFileSync } from 'node:fs';
import type { RunSummary } from '../../../statemachine/contract';
import { past, useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();
const denied = { status: 403, code: 'AccessDenied' } as const;

async function pageOf(keys: readonly string[], refused: readonly string[]): Promise<{ page: string; text: string }> {
  const { source, input } = mirror.createPair();
  for (const key of keys) source.put(key, 'x', { lastModified: past });
  mirror.s3.onRequest = ({ operation, key = '' }) =>
    operation === 'CopyObject' && refused.includes(key) ? denied : undefined;
  return readPage(await mirror.run(input));
}

function readPage({ report }: RunSummary): { page: string; text: string } {
  const page = readFileSync(`${report}report.html`, 'utf8');
  const shown = page.replace(/^.*<body/s, '<body').replaceAll(/<[^>]+>/g, ' ');
  return { page, text: shown.replaceAll(/\s+/g, ' ') };
}

it('shows what a run did, phase by phase', async () => {
  const { text } = await pageOf(['a', 'b', 'c'], []);
  expect(text).toContain('The run succeeded');
  expect(text).toContain('sync copy 3 3 3 B 0 0 0 0 ');
  expect(text).toContain('&quot;compare&quot;: &quot;auto&quot;');
  expect(text).not.toContain('key phase action reason error');
});

it('names what failed, and why', async () => {
  const { text } = await pageOf(['a', 'b', 'c'], ['a', 'c']);
  expect(text).toContain('The run failed');
  expect(text).toContain('SyncIncompleteError : 2 objects could not be copied');
  expect(text).toContain('2 failed key phase action reason error');
  for (const key of ['a', 'c']) expect(text).toContain(`&quot;${key}&quot; sync copy access-denied AccessDenied`);
  expect(text).not.toContain('are shown');
});

it('counts failures of a phase that writes nothing, which the totals leave out', async () => {
  const { source, input } = mirror.createPair();
  for (let index = 0; index < 101; index++) source.put(`key-${index}`, 'x', { lastModified: past });
  let verifying = false;
  mirror.s3.onRequest = ({ operation }) => (verifying && operation === 'HeadObject' ? denied : undefined);

  const summary = await mirror.run(
    { ...input, compare: 'metadata', verify: true },
    {
      around: async (task, _input, invoke) => {
        const result = await invoke();
        verifying ||= task === 'ClosePhase';
        return result;
      },
    },
  );

  const { text } = readPage(summary);
  expect(summary.totals).toMatchObject({ copied: 101, failed: 0 });
  expect(text).toContain('101 failed');
  expect(text).toContain('The first 100 are shown.');
});

it('shows keys as text, whatever they are made of', async () => {
  const { page, text } = await pageOf(
    ['<script>alert(1)</script>', '"&\'`\n'],
    ['<script>alert(1)</script>', '"&\'`\n'],
  );
  expect(page).not.toContain('<script');
  expect(text).toContain('&quot;&lt;script&gt;alert(1)&lt;&#x2F;script&gt;&quot;');
  expect(text).toContain('&quot;\\&quot;&amp;&#39;&#x60;\\n&quot;');
});

it('shows the first hundred failures of more, and says so', async () => {
  const keys = Array.from({ length: 101 }, (_, index) => `key-${index}`);
  const { text } = await pageOf(keys, keys);
  expect(text).toContain('101 failed');
  expect(text).toContain('The first 100 are shown.');
  expect(text.match(/ copy access-denied /g)).toHaveLength(100);
});

/** Of two objects to copy and two orphans. */
async function pageOfChanges(more: object): Promise<string> {
  const { source, destination, input } = mirror.createPair();
  for (const key of ['a', 'b']) source.put(key, 'x', { lastModified: past });
  for (const key of ['orphan 1', 'orphan 2']) destination.put(key, 'x');
  return readPage(await mirror.run({ ...input, ...more })).text;
}

const WOULD_BE =
  'What would be done phase loop listed would be copied bytes unchanged would be deleted skipped failed plan ';

it('says of a dry run that nothing was written, and what would be', async () => {
  const text = await pageOfChanges({ dryRun: true });
  expect(text).toContain('The run succeeded');
  expect(text).toContain('Nothing was written.');
  expect(text).toContain(`${WOULD_BE}copy 2 2 2 B 0 0 0 0`);
  expect(text).not.toContain('What was done');
});

it('says of a run that its plan ended that nothing was written', async () => {
  const text = await pageOfChanges({ maxDeletes: 1 });
  expect(text).toContain('DeleteGuardError');
  expect(text).toContain('Nothing was written.');
  expect(text).toContain(WOULD_BE);
  expect(text).not.toContain('What was done');
});

it('distinguishes what was planned, what was done and what verify found', async () => {
  const text = await pageOfChanges({ maxDeletes: 2, verify: true });
  expect(text).not.toContain('Nothing was written.');
  expect(text).toContain(`${WOULD_BE}copy`);
  expect(text).toContain('What was done phase loop listed copied bytes unchanged deleted skipped failed sync copy 2 2');
  expect(text).toContain('What differed afterwards phase loop listed differ bytes unchanged orphans left');
});

it('does not say so of a run that failed while it wrote', async () => {
  const { source, input } = mirror.createPair();
  source.put('a', 'x', { lastModified: past });
  const summary = await mirror.run(input, {
    around: async (task, _input, invoke) => {
      if (task === 'ClosePhase') throw Object.assign(new Error('no answer'), { name: 'States.Timeout' });
      return invoke();
    },
  });
  expect(summary).toMatchObject({ status: 'failed', phases: [], wrote: true });
  expect(readPage(summary).text).not.toContain('Nothing was written.');
});
