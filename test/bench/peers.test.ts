import { CASES, type CaseName, DESTINATION, fillBuckets, SOURCE } from '../../bench/peers/cases';
import { findDifference } from '../../bench/peers/equality';
import type { Run } from '../../bench/peers/run-tool';
import { judgePeers } from '../../bench/peers/verdicts';
import { type Bucket, type ObjectVersion, S3State } from '../../local/s3';

describe('the cases of the suite peers', () => {
  it.each(Object.keys(CASES) as CaseName[])('leave something to look at in both buckets: %s', (name) => {
    const { source, destination } = fill(name, 40);

    const { wrong } = findDifference(source, destination);

    expect(wrong === undefined).toBe(name === 'unchanged');
  });
});

describe('the comparison after a run', () => {
  it.each<[string, (destination: Bucket, key: string) => void, object]>([
    ['nothing', () => {}, {}],
    ['a missing key', (bucket, key) => bucket.remove(key), { wrong: expect.stringMatching(/is missing$/) }],
    ['an orphan', (bucket) => bucket.put('orphan'), { wrong: '1 orphans are left' }],
    [
      'other content',
      (bucket, key) => bucket.put(key, 'other'),
      { wrong: expect.stringMatching(/has other content$/) },
    ],
    [
      'lost metadata',
      (bucket, key) => bucket.put(key, bucket.get(key)?.body),
      { lost: expect.stringMatching(/^metadata of /) },
    ],
    [
      'another ETag',
      (bucket, key) => {
        const { body, metadata } = bucket.get(key) as ObjectVersion;
        bucket.put(key, body, { ...metadata, eTag: 'other-2' });
      },
      { lost: expect.stringMatching(/^ETag of /) },
    ],
  ])('finds %s', (_, change, expected) => {
    const { source, destination } = fill('unchanged', 10);

    change(destination, [...destination.index.after('')][3]?.key ?? '');

    expect(findDifference(source, destination)).toEqual(expected);
  });
});

describe('the verdicts', () => {
  const own = run({ tool: 'bucketsync', wallMs: 100 });

  it.each<[string, Run[], boolean[]]>([
    ['nothing where it ran alone', [own], []],
    ['5 times s5cmd', [own, run({ tool: 's5cmd', wallMs: 500 })], [true]],
    ['less than 5 times s5cmd', [own, run({ tool: 's5cmd', wallMs: 499 })], [false]],
    ['10 times aws-cli', [own, run({ tool: 'aws-cli', wallMs: 1000 })], [true]],
    [
      'a slower copy',
      [{ ...own, case: 'new', objects: 20_000 }, run({ case: 'new', objects: 20_000, wallMs: 99 })],
      [false],
    ],
    [
      'nothing by a rival that did not do it',
      [{ ...own, speed: 'full' }, run({ speed: 'full', wallMs: 1, wrong: 'x' })],
      [],
    ],
    [
      'a copy slower than one that loses something, and faster than one that does not',
      [
        { ...own, case: 'large', objects: 20 },
        run({ case: 'large', objects: 20, wallMs: 99, lost: 'ETag of x' }),
        run({ case: 'large', objects: 20, wallMs: 101 }),
      ],
      [false, true],
    ],
    ['nothing at sizes that tell nothing', [own, run({ objects: 2000, wallMs: 1 })], []],
  ])('judge %s', (_, runs, expected) => {
    const verdicts = judgePeers({ tools: [], runs }).filter(({ claim }) => claim.includes('fast'));

    expect(verdicts.map(({ holds }) => holds)).toEqual(expected);
  });

  it('count a HEAD for an unchanged object as a broken promise', () => {
    const verdicts = judgePeers({ tools: [], runs: [{ ...own, requests: { HeadBucket: 2, HeadObject: 7 } }] });

    expect(verdicts.filter(({ holds }) => !holds).map(({ claim }) => claim)).toEqual([
      'unchanged, s3: no HEAD for an unchanged object',
    ]);
  });
});

function run(fields: Partial<Run>): Run {
  const usage = { cpuMs: 1, peakBytes: 1, serverCpuMs: 1, requests: {} };
  return { case: 'unchanged', objects: 200_000, speed: 's3', tool: 's5cmd', wallMs: 1, ...usage, ...fields };
}

function fill(name: CaseName, objects: number): { source: Bucket; destination: Bucket } {
  const state = new S3State();
  fillBuckets(state, name, objects);
  return { source: state.bucket(SOURCE), destination: state.bucket(DESTINATION) };
}
