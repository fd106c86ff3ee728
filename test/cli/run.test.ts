import { once } from 'node:events';
import { type S3Server, startS3 } from '../../local/s3';
import type { RunSummary } from '../../statemachine/contract';
import { atLength } from '../support/length';
import { runCli } from './cli-at-length';
import { startCli, writeRequests } from './command-line';

const LONG_AGO = { lastModified: new Date('2024-01-01') };
/** More than one list page at full length. */
const SITE_PAGES = atLength({ quick: 110, full: 1100 });
const OBJECTS = SITE_PAGES + 1;
const IN_WORDS = OBJECTS.toLocaleString('en-US');

describe('bucketsync run', () => {
  let s3: S3Server;
  beforeEach(async () => {
    s3 = await startS3();
    const source = s3.createBucket('my-source');
    const destination = s3.createBucket('my-destination');
    for (let index = 0; index < SITE_PAGES; index++) source.put(`site/${index}.html`, `page ${index}`, LONG_AGO);
    source.put('site/a b+c%20d.html', 'awkward', LONG_AGO);
    destination.put('site/orphan.html', 'gone');
  });
  afterEach(() => s3.close());

  it('makes the destination equal to the source and says so at a glance', async () => {
    const { exitCode, stdout, stderr } = await runCli(s3, ['run', 's3://my-source', 's3://my-destination']);

    expect(stdout.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/^✔ Mirrored in .* \(run [\da-f]{8}\)$/),
      expect.stringMatching(new RegExp(`^ {2}${IN_WORDS} objects copied \\(\\d.*B\\), 1 deleted$`)),
    ]);
    expect(stdout).toMatch(/^ +Speed +[\d,.]+ copies\/s, .*B\/s$/m);
    expect(stdout).not.toMatch(/\b(phase|loop|round|range)s?\b/);
    const [first] = stderr.split('\n');
    expect(first).toBe(`s3://my-source → s3://my-destination (${s3.endpoint}, us-east-1)`);
    expect(stderr.match(/(?<=^\d\d:\d\d:\d\d )(finding|copying) .*$/gm)).toEqual([
      'finding out what would be copied and deleted',
      'copying what is missing or changed, deleting orphans',
    ]);
    expect(exitCode).toBe(0);
    expect(s3.bucket('my-destination').index.size).toBe(OBJECTS);
    expect(s3.bucket('my-destination').get('site/a b+c%20d.html')?.eTag).toBe(
      s3.bucket('my-source').get('site/a b+c%20d.html')?.eTag,
    );
  });

  it('maps the folders that the URLs name', async () => {
    await runCli(s3, ['run', 's3://my-source/site', 's3://my-destination/copy']);

    expect(s3.bucket('my-destination').get('copy/7.html')).toBeDefined();
    expect(s3.bucket('my-destination').get('site/orphan.html')).toBeDefined();
  });

  it.each([
    [['--no-lock'], 'none: nothing prevented other runs from writing to the destination at the same time'],
    [['--lock', 'reports'], 'beside the reports: runs with another report location did not see it'],
  ])('keeps no lock in the destination with %j, and says so', async (options, expected) => {
    let aboutLock = 0;
    s3.onRequest = ({ key }) => {
      if (key?.startsWith('.bucketsync/')) aboutLock += 1;
      return undefined;
    };

    const { exitCode, stdout } = await runCli(s3, ['run', 's3://my-source', 's3://my-destination', ...options]);

    expect({ exitCode, aboutLock }).toEqual({ exitCode: 0, aboutLock: 0 });
    expect(stdout).toContain(`Lock      ${expected}\n`);
  });

  it('prints one JSON document with --json, and nothing else anywhere', async () => {
    const { exitCode, stdout, stderr } = await runCli(s3, ['run', 's3://my-source', 's3://my-destination', '--json']);

    const summary = JSON.parse(stdout) as RunSummary;
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: OBJECTS, deleted: 1, failed: 0 } });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('runs to its end even if nobody reads its output', async () => {
    const child = startCli(s3, ['run', 's3://my-source', 's3://my-destination']);
    child.stdout.destroy();
    child.stderr.destroy();

    const [exitCode] = await once(child, 'exit');

    expect({ exitCode, copied: s3.bucket('my-destination').index.size }).toEqual({ exitCode: 0, copied: OBJECTS });
  });

  it('prefers options to the input file', async () => {
    const file = { source: 'my-source', destination: 'my-destination', delete: true, exclude: ['*'], compare: 'size' };

    const options = ['--no-delete', '--exclude', 'site/1*', '--exclude', 'site/2*'];
    const { stdout } = await runCli(s3, ['run', '--input', '-', '--json', ...options], JSON.stringify(file));

    expect((JSON.parse(stdout) as RunSummary).input).toMatchObject({
      delete: false,
      exclude: ['site/1*', 'site/2*'],
      compare: 'size',
    });
    expect(s3.bucket('my-destination').get('site/orphan.html')).toBeDefined();
  });

  it('writes nothing as `plan`, whatever the input file says', async () => {
    const file = JSON.stringify({ dryRun: false });

    const args = ['plan', 's3://my-source', 's3://my-destination', '--input', '-'];
    const { exitCode, stdout } = await runCli(s3, args, file);

    expect(stdout.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/^✔ Planned in .*, nothing was written$/),
      expect.stringMatching(new RegExp(`^ {2}${IN_WORDS} objects to be copied .*, 1 to be deleted$`)),
    ]);
    expect({ exitCode, writes: writeRequests(s3) }).toEqual({ exitCode: 0, writes: 0 });
  });
});
