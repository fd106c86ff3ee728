import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { version } from '../../../package.json';
import type { RunSummary } from '../../../statemachine/contract';
import { past, useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();
const denied = { status: 403, code: 'AccessDenied' } as const;

interface Page {
  readonly page: string;
  /** What people see. */
  readonly text: string;
  readonly summary: RunSummary;
}

async function pageOf(keys: readonly string[], refused: readonly string[], more: object = {}): Promise<Page> {
  const { source, input } = mirror.createPair();
  for (const key of keys) source.put(key, 'x', { lastModified: past });
  mirror.s3.onRequest = ({ operation, key = '' }) =>
    operation === 'CopyObject' && refused.includes(key) ? denied : undefined;
  return readPage(await mirror.run({ ...input, ...more }));
}

function readPage(summary: RunSummary): Page {
  const page = readFileSync(`${summary.report}report.html`, 'utf8');
  const shown = page.replace(/^.*<body/s, '<body').replace(/<script>.*<\/script>/s, '');
  return { page, text: shown.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' '), summary };
}

/** Of two objects to copy and two orphans. */
async function pageOfChanges(more: object): Promise<Page> {
  const { source, destination, input } = mirror.createPair();
  for (const key of ['a', 'b']) source.put(key, 'x', { lastModified: past });
  for (const key of ['orphan 1', 'orphan 2']) destination.put(key, 'x');
  return readPage(await mirror.run({ ...input, ...more }));
}

const WOULD_BE =
  'What would be done Counters of each phase and loop phase loop listed would be copied bytes unchanged ';
const WAS =
  'What was done Counters of each phase and loop phase loop listed copied bytes unchanged deleted skipped failed ';

describe('the outcome', () => {
  it('says in a sentence what a run did, and counts it phase by phase', async () => {
    const { page, text, summary } = await pageOf(['a', 'b', 'c'], []);
    expect(page).toContain('<h1>Mirrored: 3 objects copied (3 B)</h1>');
    expect(page).toContain('<body class="good">');
    expect(text).toContain(' copied 3 bytes copied 3 B deleted 0 failed 0 What you can do next ');
    expect(text).toContain('sync copy 3 3 3 B 0 0 0 0 ');
    expect(text).toContain(`Shows every object: bucketsync report ${summary.runId} --lines actions`);
    expect(text).not.toContain('Nothing was written');
    expect(page).not.toContain('id="failures"');
  });

  it('says so if nothing had to be done', async () => {
    const { source, destination, input } = mirror.createPair();
    for (const bucket of [destination, source]) bucket.put('a', 'x', { lastModified: past });
    const { text } = readPage(await mirror.run(input));
    expect(text).toContain('Nothing had to be copied or deleted Nothing was written 1 object already the same. ');
  });

  it('says of a plan that nothing was written, without the colour of success, and how to apply it', async () => {
    const { page, text, summary } = await pageOfChanges({ dryRun: true });
    expect(page).toContain('<h1>Plan: 2 objects to copy (2 B), 2 to delete</h1>');
    expect(page).toContain('<body class="plan">');
    expect(text).toContain('Nothing was written At a glance to copy 2 bytes to copy 2 B to delete 2 failed 0 ');
    expect(text).toContain(`Does exactly what this plan says: bucketsync apply ${summary.runId} `);
    expect(text).toContain(`${WOULD_BE}would be deleted skipped failed plan copy 2 2 2 B 0 0 0 0`);
    expect(text).toContain('Running this plan costs ');
    for (const done of ['What was done', 'Mirrored', ' copied 2 ', 'was copied']) expect(text).not.toContain(done);
  });

  it('says of a plan that failed that it is no answer', async () => {
    const { page, text } = await pageOfChanges({ dryRun: true, maxDeletes: 1 });
    expect(page).toMatch(/<h1>The plan failed after [\d.]+ m?s<\/h1>/);
    expect(page).toContain('<body class="bad">');
    expect(text).toContain('Nothing was written');
    expect(text).not.toContain('nothing to copy');
  });

  it('says of a run that its plan ended that nothing was written', async () => {
    const { text } = await pageOfChanges({ maxDeletes: 1 });
    expect(text).toContain('DeleteGuardError');
    expect(text).toContain('Nothing was written DeleteGuardError');
    expect(text).toContain(' At a glance to copy 2 bytes to copy 2 B to delete 2 ');
    expect(text).toContain(WOULD_BE);
    expect(text).not.toContain('What was done');
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
    const { text } = readPage(summary);
    expect(text).not.toContain('Nothing was written');
    expect(text).toContain('Done until then: 1 object copied (1 B).');
    expect(text).toContain(' copied 1 bytes copied 1 B ');
  });

  it('distinguishes what was planned, what was done and what verify found', async () => {
    const { text } = await pageOfChanges({ maxDeletes: 2, verify: true });
    expect(text).not.toContain('Nothing was written');
    expect(text).toContain(`${WOULD_BE}would be deleted skipped failed plan copy`);
    expect(text).toContain(`${WAS}sync copy 2 2`);
    expect(text).toContain('phase loop listed differ bytes unchanged orphans left');
  });
});

describe('the failures', () => {
  it('are grouped by reason, each with its count and its errors', async () => {
    const { page, text, summary } = await pageOf(['a', 'b', 'c'], ['a', 'c']);
    expect(page).toContain('<h1>The run is incomplete: 2 objects failed</h1>');
    expect(text).toContain('SyncIncompleteError : 2 objects could not be copied');
    expect(text).toContain('2 failed Search keys and errors copy: access denied (2 objects) ');
    for (const key of ['a', 'c']) expect(text).toContain(`&quot;${key}&quot; AccessDenied: AccessDenied (HTTP 403) `);
    expect(text).toContain(`repeats only what failed: bucketsync retry ${summary.runId} `);
    expect(text).not.toContain('are shown');
    expect(page).toContain('<details open>');
  });

  it('of a phase that writes nothing are counted, although the totals leave them out', async () => {
    const { source, input } = mirror.createPair();
    for (let index = 0; index < 3; index++) source.put(`key-${index}`, 'x', { lastModified: past });
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
    expect(summary.totals).toMatchObject({ copied: 3, failed: 0 });
    expect(text).toContain('3 failed Search keys and errors compare: access denied (3 objects)');
    expect(text).toContain(`bucketsync retry ${summary.runId} `);
  });

  it('are a thousand rows at most, and groups keep their counts', async () => {
    const keys = Array.from({ length: 1_100 }, (_, index) => `key-${index}`);
    const { page, text } = await pageOf(keys, keys);
    expect(text).toContain('1,100 failed 1,000 are shown. Beside this page, failures&#x2F; has all of them.');
    expect(text).toContain(
      'copy: access denied (1,100 objects) &quot;key-0&quot;, &quot;key-1&quot;, &quot;key-10&quot; … 1,097 more 1,000 of 1,100 are shown.',
    );
    expect(page.match(/AccessDenied \(HTTP 403\)<\/td>/g)).toHaveLength(1_000);
    expect(page).not.toContain('<details open>');
  });
});

it('shows keys as text, whatever they are made of', async () => {
  const hostile = ['<script>alert(1)</script>', '"&\'`\n', '{{{script}}}', '</style><img src=x onerror=alert(1)>/a'];
  const { page, text } = await pageOf(hostile, hostile.slice(0, 2));
  expect(page.match(/<script|<style|<img/g)).toEqual(['<style', '<script']);
  expect(text).toContain('&quot;&lt;script&gt;alert(1)&lt;&#x2F;script&gt;&quot;');
  expect(text).toContain('&quot;\\&quot;&amp;&#39;&#x60;\\n&quot;');
  expect(text).toContain('&quot;{{{script}}}&quot;');
});

it('lets a browser run its own script only, load nothing, and use no other style', async () => {
  const { page } = await pageOf(['a'], []);
  const [, policy] = /Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
  const hashOf = (element: string) => {
    const [, text = ''] = new RegExp(`<${element}>(.*)</${element}>`, 's').exec(page) ?? [];
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  };
  expect(policy).toBe(
    `default-src 'none'; style-src ${hashOf('style')}; script-src ${hashOf('script')}; base-uri 'none'; form-action 'none'`,
  );
  expect(page).not.toMatch(/ (style|on\w+|src)=/);
});

it('tells why, where, how much and how large', async () => {
  const { source, destination, input } = mirror.createPair();
  for (const [key, size] of Object.entries({ 'media/large': 3000, 'media/small': 10, 'assets/a': 5, readme: 1 }))
    source.put(key, 'x'.repeat(size), { lastModified: past });
  destination.put('media/small', 'other', { lastModified: past });
  destination.put('assets/old', 'xx');
  const { page, text } = readPage(await mirror.run(input));

  expect(text).toContain(
    'Why it was copied By reason: objects copied reason objects bytes share new 3 3.01 kB another size 1 10 B',
  );
  expect(text).toContain(
    '&quot;media&#x2F;&quot; 2 3.01 kB 0 0 B &quot;assets&#x2F;&quot; 1 5 B 1 2 B not in a folder 1 1 B 0 0 B',
  );
  expect(text).toContain(
    'The largest first key bytes &quot;media&#x2F;large&quot; 3 kB &quot;media&#x2F;small&quot; 10 B',
  );
  expect(text).toContain(
    'Objects deleted 1 object, 2 B. All keys, in order All keys, in order key &quot;assets&#x2F;old&quot;',
  );
  expect(page).toContain('<rect class="copied" width="100.0" height="10">');
});

it('counts folders below the folder that is mirrored', async () => {
  const { text } = await pageOf(['site/a/1', 'site/b/1', 'other'], [], { prefix: 'site', destinationPrefix: 'live' });
  expect(text).toContain('By folder: objects copied and deleted');
  for (const folder of ['a', 'b']) expect(text).toContain(`&quot;${folder}&#x2F;&quot; 1 1 B`);
});

it('names only the settings that somebody has changed, and has all of them folded', async () => {
  const { text } = await pageOf(['a'], [], { exclude: ['drafts/**'] });
  expect(text).toContain('setting value exclude [&quot;drafts&#x2F;**&quot;] All settings ');
  expect(text).toContain('&quot;compare&quot;: &quot;auto&quot;');
  expect((await pageOf(['a'], [])).text).toContain('All settings have their defaults.');
});

it('links the files of the report, which stand beside the page', async () => {
  const { page, summary } = await pageOf(['a', 'b'], ['b']);
  const links = [...page.matchAll(/<a href="([^"]+)"/g)].map(([, link = '']) => link.replaceAll('&#x2F;', '/'));
  expect(links.map((link) => link.replace(/[^/]*$/, ''))).toEqual(['', 'actions/', 'failures/']);
  for (const link of links) expect(readFileSync(`${summary.report}${link}`).length).toBeGreaterThan(0);
});

it('says which version made it, and when the run began and ended, in words', async () => {
  const { text } = await pageOf(['a'], []);
  expect(text).toContain(`Made by bucketsync ${version}`);
  expect(text).toMatch(/Began \d+ [A-Z][a-z]+ \d{4}, [\d:]{8} UTC Ended \d+ [A-Z][a-z]+ \d{4}, [\d:]{8} UTC/);
});

it('can be used by a screen reader: landmarks, one heading for each part, and tables with names', async () => {
  const { page } = await pageOf(['a', 'b'], ['b']);
  for (const element of ['<header>', '<main id="main" tabindex="-1">', '<footer>', 'href="#main">Skip to the report'])
    expect(page).toContain(element);
  const labels = [...page.matchAll(/<section aria-labelledby="([\w-]+)">\n<h2 id="([\w-]+)">/g)];
  expect(labels.length).toBe(page.match(/<section/g)?.length);
  for (const [, label, id] of labels) expect(label).toBe(id);
  expect(page.match(/<caption>[^<]+<\/caption>/g)).toHaveLength(page.match(/<table/g)?.length ?? 0);
  expect(page.match(/<th (?![^>]*scope="(?:row|col)")/g)).toBeNull();
});
