import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFunctions, parseDefinition } from '../statemachine/definition';
import { everyNth } from '../support/length';
import { temporaryFolder } from '../support/temporary-folder';

const ROOT = join(__dirname, '../..');
const APP = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')).app.split(' ');
const outdir = temporaryFolder();

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

  it('fails with a sentence, a hint and no stack trace', () => {
    expect(app.stderr.trim().split('\n')).toEqual([
      'Wrong context: Expected `source` to be a string, got nothing.',
      expect.stringMatching(/^Set values with -c KEY=VALUE/),
    ]);
    expect(app.status).toBe(1);
  });

  it('synthesizes nothing', () => {
    expect(existsSync(join(outdir, 'wrong', 'manifest.json'))).toBe(false);
  });
});

describe('a config file with two mirrors', () => {
  const config = join(outdir, 'mirrors.json');
  const buckets = { source: 'example-staging', destination: 'example-production' };
  writeFileSync(
    config,
    JSON.stringify({
      mirrors: [
        { ...buckets, name: 'Site', region: 'eu-central-1' },
        { ...buckets, name: 'Backup' },
      ],
    }),
  );
  const app = runApp('several', { config, 'aws:cdk:bundling-stacks': [] });

  it('makes a stack of each', () => {
    expect(app.status === 0 ? '' : app.stderr).toBe('');
    const { artifacts } = JSON.parse(readFileSync(join(outdir, 'several', 'manifest.json'), 'utf8'));

    expect(artifacts.Site.environment).toBe('aws://unknown-account/eu-central-1');
    expect(artifacts.Backup.environment).toBe('aws://unknown-account/unknown-region');
  });
});

describe('the bundle of Task', () => {
  const app = runApp('right', { source: 'example-staging', destination: 'example-production' });
  const folder = join(outdir, 'right');

  it.each(everyNth(3, listFunctions(parseDefinition())))(
    '%s loads, exports its handler and brings its source map',
    (task) => {
      expect(app.status === 0 ? '' : app.stderr).toBe('');
      const bundle = findBundle(folder, task);

      const loaded = spawnSync(
        process.execPath,
        ['-p', `const { handler } = require(${JSON.stringify(bundle)}); typeof handler + ' ' + handler.name`],
        { encoding: 'utf8', env: { BUCKETSYNC_REPORT_LOCATION: 's3://reports', BUCKETSYNC_ROUND_BUDGETS_MS: '5000' } },
      );

      expect(loaded).toMatchObject({ stderr: '', stdout: 'function handler\n', status: 0 });
      expect(readdirSync(bundle)).toEqual(['index.js', 'index.js.map']);
      expect(statSync(join(bundle, 'index.js')).size).toBeLessThan(mostBytesOf(task));
    },
  );
});

/**
 * A megabyte of code costs a cold start a tenth of a second. `FinishRun` runs once, and most of what it has more are the clients of SNS,
 * EventBridge and CloudFront, which load only when they are needed.
 */
function mostBytesOf(task: string): number {
  return task === 'FinishRun' ? 1_750_000 : 1_500_000;
}

function findBundle(folder: string, task: string): string {
  const { files } = JSON.parse(readFileSync(join(folder, 'BucketSync.assets.json'), 'utf8')) as {
    files: Record<string, { displayName: string; source: { path: string } }>;
  };
  const asset = Object.values(files).find(({ displayName }) => displayName.includes(`/${task}/`));
  if (!asset) throw new Error(`Expected an asset for Task ${task}, got ${JSON.stringify(files)}`);
  return join(folder, asset.source.path);
}
