import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RunSummary } from '../../statemachine/contract';
import { atLength, everyNth } from '../support/length';
import { temporaryFolder } from '../support/temporary-folder';
import { type Finished, finished, runCli, startCli } from './command-line';

const HOOK = resolve(__dirname, '../support/connections.cjs');
const PROXY = { HTTP_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };

describe('bucketsync demo', () => {
  // One whole demo for what can be seen of it: the comparison of all objects takes long.
  const connections = join(temporaryFolder(), 'connections');
  const TMPDIR = temporaryFolder();
  let demo: Finished;
  beforeAll(async () => {
    writeFileSync(connections, '');
    const hook = { NODE_OPTIONS: `--require ${HOOK}`, CONNECTIONS_FILE: connections };
    const env = { TMPDIR, NODE_COMPILE_CACHE: undefined, AWS_PROFILE: 'tset', ...PROXY, ...hook };
    demo = await runCli(undefined, ['demo'], '', env);
  });

  it('prints plain text if it is piped, and leaves no file in the temporary folder', () => {
    expect(demo.exitCode).toBe(0);
    expect(demo.stdout).toMatch(
      /No account is needed[\s\S]*Mirrored in[\s\S]*objects are equal in tags[\s\S]*nothing copied or deleted/,
    );
    expect(demo.stdout).toContain('bucketsync plan s3://my-staging s3://my-production');
    expect(demo.stdout + demo.stderr).not.toContain('\u001b');
    expect(demo.stdout).not.toContain(TMPDIR);
    expect(readdirSync(TMPDIR)).toEqual([]);
  });

  it('connects to its own S3 and to nothing else, whatever profile and proxy the environment has', () => {
    const places = new Set(readFileSync(connections, 'utf8').split('\n').filter(Boolean));

    expect([...places]).toEqual([expect.stringMatching(/^127\.0\.0\.1:(?!9$)/)]);
  });

  const itAtFullLength = atLength<typeof it>({ quick: it.skip, full: it });
  itAtFullLength(
    'prints two summaries and whether the buckets are equal as one JSON document, also behind a proxy',
    async () => {
      const { exitCode, stdout, stderr } = await runCli(undefined, ['demo', '--json'], '', PROXY);

      const { runs, equal } = JSON.parse(stdout) as { runs: RunSummary[]; equal: boolean };
      expect({ exitCode, equal, stderr }).toEqual({ exitCode: 0, equal: true, stderr: '' });
      expect(runs).toHaveLength(2);
      const [first, second] = runs.map(({ status, totals }) => ({ status, ...totals }));
      expect(first).toMatchObject({ status: 'succeeded', failed: 0, skipped: 0 });
      expect(first?.copied).toBeGreaterThan(500);
      expect(first?.deleted).toBeGreaterThan(100);
      expect(second).toMatchObject({ status: 'succeeded', copied: 0, deleted: 0, failed: 0 });
    },
  );

  it('ends if its first run was stopped, and does not report that as its own fault', async () => {
    const { exitCode, stdout, TMPDIR } = await stopped('SIGINT', 'stderr', ' copying what ', 'The run was stopped');

    expect(exitCode).toBe(130);
    expect(stdout).toContain('The run was stopped');
    expect(stdout).not.toMatch(/Mirror once more|did not hold/);
    expect(readdirSync(TMPDIR)).toEqual([]);
  });

  const stops = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const;
  it.each(everyNth(2, stops, 1))('removes its folder when %s stops it between runs', async (signal, expected) => {
    // the comparison behind it takes longer than a signal
    const { exitCode, TMPDIR } = await stopped(signal, 'stdout', 'Mirrored in');

    expect(exitCode).toBe(expected);
    expect(readdirSync(TMPDIR)).toEqual([]);
  });
});

/**
 * Stops a demo as soon as it has printed some text. A busy machine may see that too late, when the demo is further or at its end:
 * then another demo is started.
 *
 * @param shows  what it prints if it was stopped in time
 */
async function stopped(signal: NodeJS.Signals, by: 'stdout' | 'stderr', moment: string, shows = '') {
  for (let attempts = 1; ; attempts++) {
    const TMPDIR = temporaryFolder();
    const child = startCli(undefined, ['demo'], { TMPDIR, NODE_COMPILE_CACHE: undefined });
    const result = finished(child);
    let seen = '';
    child[by].on('data', (text) => {
      const before = seen;
      seen += text;
      if (!before.includes(moment) && seen.includes(moment)) child.kill(signal);
    });
    const ended = await result;
    const isInTime = ended.exitCode !== 0 && ended.stdout.includes(shows);
    if (isInTime || attempts === 10) return { ...ended, TMPDIR };
  }
}
