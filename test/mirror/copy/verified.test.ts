import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { renderSummary } from '../../../cli/output/summary';
import type { BucketOptions, PutAttributes } from '../../../local/s3';
import type { RunSummary, SyncRequest } from '../../../statemachine/contract';
import { past, useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();

const kms = { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/k' };
/** Checksums of parts prove nothing of objects that are in other parts. */
const noChecksum = { checksum: { algorithm: 'SHA256', type: 'COMPOSITE' } } as const;

type Kind = readonly [count: number, attributes?: PutAttributes];

/** A source of objects of several kinds, and a destination that encrypts with a key if it is told to. */
function createPair(kinds: readonly Kind[], destination: BucketOptions = {}) {
  const pair = mirror.createPair({ destination });
  for (const [kind, [count, attributes]] of kinds.entries()) {
    for (let index = 0; index < count; index++)
      pair.source.put(`${kind}/${index}`, `${index}`, { lastModified: past, ...attributes });
  }
  return pair;
}

function verified({ phases }: RunSummary) {
  return phases.find(({ name }) => name === 'verify')?.copy;
}

/** What a terminal shows, and what report.html does. */
function told(summary: RunSummary): { readonly text: string; readonly page: string } {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream;
  return { text: renderSummary(summary, stream), page: readFileSync(`${summary.report}report.html`, 'utf8') };
}

it.each<
  [
    by: string,
    input: Partial<SyncRequest>,
    destination: BucketOptions,
    kinds: Kind[],
    expected: object,
    sentence: string,
  ]
>([
  ['ETag', {}, {}, [[3]], { eTag: 3 }, 'Verified: 3 objects equal by ETag'],
  ['ETag, once one object', { compare: 'etag' }, {}, [[1]], { eTag: 1 }, 'Verified: 1 object equal by ETag'],
  [
    'ETag, though headers are compared',
    { compare: 'metadata' },
    {},
    [[2]],
    { eTag: 2 },
    'Verified: 2 objects equal by ETag',
  ],
  ['checksum', { compare: 'checksum' }, {}, [[4]], { checksum: 4 }, 'Verified: 4 objects equal by checksum'],
  [
    'checksum where there is one, else by what the copy of this run proved',
    { compare: 'checksum' },
    { encryption: kms },
    [[2], [5, noChecksum]],
    { checksum: 2, remembered: 5 },
    'Verified: 2 objects equal by checksum, 5 by what an earlier run proved or copied',
  ],
  [
    'the evidence from the copies of this run',
    {},
    { encryption: kms },
    [[2]],
    { remembered: 2 },
    'Verified: 2 objects equal by what an earlier run proved or copied',
  ],
  ['size', { compare: 'size' }, {}, [[2]], { size: 2 }, 'Verified: 2 objects equal by size only'],
  ['date', { compare: 'size-and-time' }, {}, [[2]], { date: 2 }, 'Verified: 2 objects equal by size and date only'],
  ['nothing, where there is nothing', { allowEmptySource: true }, {}, [], {}, 'Verified: no object was found equal'],
])(
  'a run with `verify` says what was found equal by %s',
  async (_by, input, destination, kinds, expected, sentence) => {
    const pair = createPair(kinds, destination);

    const summary = await mirror.run({ ...pair.input, ...input, verify: true }, { pageSize: 2 });

    expect(summary).toMatchObject({ status: 'succeeded' });
    expect(verified(summary)?.proved ?? {}).toEqual(expected);
    const { text, page } = told(summary);
    expect(text).toContain(`\n${sentence}\n`);
    expect(page).toContain(`<p>${sentence}.</p>`);
  },
);

it('says once for each object of a verify phase how it was found equal, in however many rounds', async () => {
  const { input } = createPair([[30], [30, noChecksum]], { encryption: kms });
  let clock = 0;
  const host = { roundBudgetsMs: [20], rangesAtOnce: 20, now: () => clock++ };

  const summary = await mirror.run({ ...input, compare: 'checksum', verify: true }, { pageSize: 5, host });

  const counters = verified(summary);
  expect(counters).toMatchObject({ unchanged: 60, proved: { checksum: 30, remembered: 30 } });
});

it('says nothing about equality if nothing was verified', async () => {
  const { input } = createPair([[3]]);
  await mirror.run(input);
  const summary = await mirror.run(input);

  expect(JSON.stringify(summary)).not.toContain('"proved"');
  expect(Object.values(told(summary)).join()).not.toContain('Verified');
});

it('says which objects were found equal, and how, beside those that differ', async () => {
  const { source, input } = createPair([[3]]);
  const summary = await mirror.run(
    { ...input, verify: true },
    {
      around: async (task, _input, invoke) => {
        const result = await invoke();
        if (task === 'ClosePhase') source.put('0/0', 'other');
        return result;
      },
    },
  );

  expect(summary).toMatchObject({ error: { name: 'DriftError' } });
  expect(told(summary).text).toContain('\nVerified: 2 objects equal by ETag\n');
});

it.each([
  ['reports', 'beside the reports: runs with another report location did not see it'],
  ['none', 'none: nothing prevented other runs from writing to the destination at the same time'],
] as const)('says in text and in report.html where the lock was with `lock: "%s"`', async (lock, expected) => {
  const { input } = createPair([[1]]);

  const { text, page } = told(await mirror.run({ ...input, lock }));

  expect(text).toMatch(new RegExp(`Lock +${expected}\n`));
  expect(page).toContain(`<dt>Lock</dt><dd>${expected}</dd>`);
});

it('says nothing about a lock in its usual place', async () => {
  const { input } = createPair([[1]]);
  const { text, page } = told(await mirror.run(input));
  expect(`${text}${page}`).not.toMatch(/Lock +beside|Lock +none|<dt>Lock/);
});
