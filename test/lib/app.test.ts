import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listTasks, parseDefinition } from '../statemachine/definition';

const ROOT = join(__dirname, '../..');
const APP = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')).app.split(' ');
const outdir = mkdtempSync(join(tmpdir(), 'bucketsync-app-'));

afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** Runs the app as `cdk` does. */
function runApp(folder: string, context: Record<string, unknown>): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, APP.slice(1), {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, CDK_OUTDIR: join(outdir, folder), CDK_CONTEXT_JSON: JSON.stringify(context) },
  });
}

describe('without a source', () => {
  const app = runApp('wrong', { destination: 'example-production' });

  it('fails with one line and no stack trace', () => {
    expect(app.stderr.trim().split('\n')).toEqual([expect.stringMatching(/^Expected context `source` to be /)]);
    expect(app.status).toBe(1);
  });

  it('synthesizes nothing', () => {
    expect(existsSync(join(outdir, 'wrong', 'manifest.json'))).toBe(false);
  });
});

describe('the bundle of Task', () => {
  const app = runApp('right', { source: 'example-staging', destination: 'example-production' });
  const folder = join(outdir, 'right');

  it.each(listTasks(parseDefinition()))('%s loads, exports its handler and brings its source map', (task) => {
    expect(app.status === 0 ? '' : app.stderr).toBe('');
    const bundle = findBundle(folder, task);

    const loaded = spawnSync(
      process.execPath,
      ['-p', `const { handler } = require(${JSON.stringify(bundle)}); typeof handler + ' ' + handler.name`],
      { encoding: 'utf8', env: { BUCKETSYNC_REPORT_LOCATION: 's3://reports', BUCKETSYNC_ROUND_BUDGETS_MS: '5000' } },
    );

    expect(loaded).toMatchObject({ stderr: '', stdout: 'function handler\n', status: 0 });
    expect(readdirSync(bundle)).toEqual(['index.js', 'index.js.map']);
    // A megabyte of code costs a cold start a tenth of a second.
    expect(statSync(join(bundle, 'index.js')).size).toBeLessThan(1_500_000);
  });
});

function findBundle(folder: string, task: string): string {
  const { files } = JSON.parse(readFileSync(join(folder, 'BucketSync.assets.json'), 'utf8')) as {
    files: Record<string, { displayName: string; source: { path: string } }>;
  };
  const asset = Object.values(files).find(({ displayName }) => displayName.includes(`/${task}/`));
  if (!asset) throw new Error(`Expected an asset for Task ${task}, got ${JSON.stringify(files)}`);
  return join(folder, asset.source.path);
}
