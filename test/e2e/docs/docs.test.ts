import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Bucket, type S3Server, S3State, startS3 } from '../../../local/s3';
import { parseDeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import { findCommandLine } from '../../support/built-command-line';
import { commandLineEnvironment, finished } from '../../support/cli-process';
import { contentsOf } from '../../support/contents';
import { past, useMirror } from '../../support/mirror';
import { StepFunctions } from '../../support/step-functions';
import { temporaryFolder } from '../../support/temporary-folder';
import { type Fence, readFences } from './fences';

const ROOT = join(__dirname, '../../..');
const STANDS_FOR = ['npm', 'npx', 'bucketsync', 'cdk'];
/** The deployed mirror. */
const DEPLOYED = { source: 'my-staging', destination: 'my-production' };
const KEY_ARN = 'arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab';

interface Ended {
  readonly name: string;
  readonly words: readonly string[];
  readonly exitCode: number;
}

const mirror = useMirror();
const folder = temporaryFolder();
const bin = join(folder, 'bin');
const log = join(folder, 'log');
let service: StepFunctions;
let elsewhere: S3Server;

beforeAll(async () => {
  mkdirSync(bin);
  for (const name of STANDS_FOR) symlinkSync(join(__dirname, 'command.mjs'), join(bin, name));
  elsewhere = await startS3({ state: new S3State() });
  fill(elsewhere.createBucket('photos'), 'new');
  mirror.s3.createBucket('my-report-bucket').put('keys/changed.jsonl', '"site/new"\n');
  writeFiles();
});
afterAll(() => elsewhere.close());

beforeEach(async () => {
  writeFileSync(log, '');
  service = await StepFunctions.start(mirror);
  service.runOptions = { host: { mirrors: [parseDeployedMirror(DEPLOYED)] } };
});
afterEach(() => service.stop());

/** Fills the buckets that a block names: the first of a command is a source, the second one a destination. */
function fillBuckets({ script }: Fence): void {
  const pairs = [...script.matchAll(/s3:\/\/([\w-]+)\S* +s3:\/\/([\w-]+)/g)].map(([, from = '', to = '']) => [
    from,
    to,
  ]);
  for (const [from = '', to = ''] of [...pairs, Object.values(DEPLOYED)].reverse()) {
    // what no version was kept of cannot be undone
    if (/\bundo\b/.test(script)) bucketOf(to).versioning = 'Enabled';
    // an undo holds its destination
    bucketOf(to).remove('.bucketsync/lock.json');
    if (from !== to) fill(bucketOf(from), 'new');
    fill(bucketOf(to), 'orphan');
  }
}

function bucketOf(name: string): Bucket {
  return mirror.s3.state.buckets.get(name) ?? mirror.s3.createBucket(name);
}

/** Twenty objects that each bucket has, and two of its own. */
function fill(bucket: Bucket, own: string): void {
  for (const key of contentsOf(bucket).keys()) bucket.remove(key);
  const pages = Array.from({ length: 20 }, (_, index) => `site/${index}.html`);
  for (const key of [...pages, own, `drafts/${own}`]) bucket.put(key, key, { lastModified: past });
}

/** What commands of the pages read. */
function writeFiles(): void {
  writeFileSync(join(folder, 'changed.jsonl'), '"new"\n');
  const records = ['site/a+b.html', 'site/%C3%A9'].map((key) => ({ s3: { object: { key } } }));
  writeFileSync(join(folder, 'events.json'), JSON.stringify({ Records: records }));
  writeFileSync(
    join(folder, 'inventory.csv.gz'),
    gzipSync('"staging","site/a+b.html","3"\n"staging","site/%C3%A9","4"\n'),
  );
  writeFileSync(
    join(folder, 'config'),
    ['r2', 'aws']
      .map(
        (name, index) =>
          `[profile ${name}]\naws_access_key_id = test\naws_secret_access_key = test\nregion = us-east-1\nendpoint_url = ${[elsewhere, mirror.s3][index]?.endpoint}\n`,
      )
      .join('\n'),
  );
}

/** A machine on which somebody types what a page says. */
function environmentFor({ page, script }: Fence): NodeJS.ProcessEnv {
  const hasProfiles = /-profile /.test(script);
  const commandLine = findCommandLine();
  const env = commandLineEnvironment(hasProfiles || /\bprove\b/.test(script) ? undefined : mirror.s3, {
    ...commandLine.env,
    BUCKETSYNC_REPORT_LOCATION: join(folder, page.replaceAll('/', '-')),
    AWS_CONFIG_FILE: join(folder, 'config'),
    DOCS_ROOT: ROOT,
    DOCS_LOG: log,
    DOCS_CDK_OUT: join(folder, 'cdk.out'),
    DOCS_COMMAND_LINE: JSON.stringify(commandLine.nodeArgs),
    PATH: `${bin}:${process.env.PATH}`,
  });
  if (!hasProfiles) env.AWS_ENDPOINT_URL = /\bprove\b/.test(script) ? 'http://127.0.0.1:1' : service.endpoint;
  return env;
}

async function type(
  fence: Fence,
): Promise<{ readonly ended: readonly Ended[]; readonly output: string; readonly exitCode: number | null }> {
  const env = environmentFor(fence);
  // as somebody who puts a value where the page has a placeholder; which run it is, is known when the command is reached
  const script = fence.script.replaceAll(/<(run|plan)>/g, "'<$1>'").replaceAll(/\bARN\b/g, KEY_ARN);
  const child = spawn('bash', ['-o', 'pipefail', '-c', script], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { stdout, stderr, exitCode } = await finished(child);
  const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean);
  return { ended: lines.map((line) => JSON.parse(line) as Ended), output: stdout + stderr, exitCode };
}

/** A run in which one object failed, and a plan. */
async function prepare(fence: Fence): Promise<void> {
  if (!/<(run|plan)>/.test(fence.script)) return;
  mirror.s3.bucket('my-staging').put('locked', 'x', { lastModified: past });
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'CopyObject' && key === 'locked' ? { status: 403, code: 'AccessDenied' } : undefined;
  const sides = 's3://my-staging s3://my-production';
  await type({ page: fence.page, script: `bucketsync run ${sides}\nbucketsync plan ${sides}` });
  mirror.s3.onRequest = undefined;
  writeFileSync(log, '');
}

/** What every clone can do, or stands in a `package.json`. */
function isOurs({ words: [, verb = '', script = ''] }: Ended, { page }: Fence): boolean {
  const manifest = join(ROOT, page.startsWith('examples/') ? dirname(page) : '.', 'package.json');
  const { scripts } = JSON.parse(readFileSync(manifest, 'utf8'));
  return ['ci', 'install', 'pack'].includes(verb) || Object.hasOwn(scripts, verb === 'run' ? script : verb);
}

/** The exit codes of a command that does what its page says. */
function expectedCodes({ words }: Ended): number[] {
  if (words.includes('--exit-code') || words.includes('check')) return [0, 3];
  // without AWS a proof ends before it begins, and without a terminal before it asks
  if (words.includes('prove')) return [words.includes('--yes') || words.includes('--clean') ? 1 : 2];
  return [0];
}

it.each(readFences().map((fence) => [`${fence.page}: ${fence.script.split('\n')[0]}`, fence] as const))(
  'does what the page says, as it stands there: %s',
  async (_title, fence) => {
    fillBuckets(fence);
    await prepare(fence);

    const { ended, output, exitCode } = await type(fence);

    const wrong = ended.filter((command) => !expectedCodes(command).includes(command.exitCode));
    expect(wrong.length === 0 ? '' : `${JSON.stringify(wrong)}\n${output}`).toBe('');
    expect(output).not.toMatch(/command not found|unknown (option|command)|missing required|No such file/);
    expect(ended).not.toHaveLength(0);
    expect(ended.filter((command) => command.name === 'npm' && !isOurs(command, fence))).toEqual([]);
    expect(exitCode).toBe(ended.at(-1)?.exitCode);
  },
);
