import { CASES, type CaseName, DESTINATION, fillBuckets, SOURCE } from '../../bench/peers/cases';
import { findDifference } from '../../bench/peers/equality';
import type { Run } from '../../bench/peers/run-tool';
import { awsCli } from '../../bench/peers/tools/aws-cli';
import { bucketsync } from '../../bench/peers/tools/bucketsync';
import { rclone } from '../../bench/peers/tools/rclone';
import { s3sync } from '../../bench/peers/tools/s3sync';
import { s5cmd } from '../../bench/peers/tools/s5cmd';
import type { Tool } from '../../bench/peers/tools/tool';
import { judgePeers } from '../../bench/peers/verdicts';
import { type Bucket, type ObjectVersion, S3State } from '../../local/s3';
import { temporaryFolder } from '../support/temporary-folder';

describe('the cases of the suite peers', () => {
  it.each(Object.keys(CASES) as CaseName[])('leave something to look at in both buckets: %s', (name) => {
    const { source, destination } = fill(name, 40);

    const { wrong } = findDifference(source, destination);

    expect(wrong === undefined).toBe(['unchanged', 'first', 'nightly'].includes(name));
  });
});

describe('the case nightly', () => {
  const run = { folder: '/programs', endpoint: 'http://127.0.0.1:1', scratch: temporaryFolder() };
  const nightly = (tool: Tool) => (tool.nightly?.(run) ?? [tool.command(run)]).map(({ args }) => args.join(' '));

  it('limits the deletes and checks afterwards with each tool that can', () => {
    expect(nightly(rclone)).toEqual([
      expect.stringMatching(/^sync s3:source s3:destination .* --max-delete 5000$/),
      expect.stringMatching(/^check s3:source s3:destination /),
    ]);
    expect(nightly(bucketsync)).toEqual([
      expect.stringMatching(/ run s3:\/\/source s3:\/\/destination .* --max-deletes 5% --verify$/),
    ]);
  });

  it.each([s5cmd, awsCli, s3sync])('is a run as ever with what has neither: $name', (tool) => {
    expect(nightly(tool)).toEqual([tool.command(run).args.join(' ')]);
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
    ['10 times s5cmd', [own, run({ tool: 's5cmd', wallMs: 1000 })], [true]],
    ['less than 10 times s5cmd', [own, run({ tool: 's5cmd', wallMs: 999 })], [false]],
    ['20 times aws-cli', [own, run({ tool: 'aws-cli', wallMs: 2000 })], [true]],
    ['less than 20 times aws-cli', [own, run({ tool: 'aws-cli', wallMs: 1999 })], [false]],
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

  it.each([
    [150, true],
    [151, false],
  ])('judge %i bytes of memory beside 100 of s5cmd', (peakBytes, holds) => {
    const nightly = { case: 'nightly', objects: 100_000 } as const;
    const runs = [run({ ...nightly, tool: 'bucketsync', peakBytes }), run({ ...nightly, peakBytes: 100 })];

    const verdicts = judgePeers({ tools: [], runs }).filter(({ claim }) => claim.includes('memory'));

    expect(verdicts.map((verdict) => verdict.holds)).toEqual([holds]);
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
