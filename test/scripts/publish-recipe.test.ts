import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Bucket, type S3Server, startS3 } from '../../local/s3';
import type { RunSummary } from '../../statemachine/contract';
import { finished, startCli } from '../support/cli-process';
import { contentsOf } from '../support/contents';
import { FakeCloudFront, matchesPath } from '../support/fake-cloudfront';
import { past } from '../support/mirror';
import { EdgeCache, Origin, page, Readers } from '../support/site-readers';
import { ActionSteps, type EndedStep, type Step } from './action-steps';

const RECIPE = readFileSync(join(__dirname, '../../docs/recipes/publish-a-site.md'), 'utf8');
const [, YAML = ''] = /```yaml\n([\s\S]*?)```/.exec(RECIPE) ?? [];
const WORKFLOW: { readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>> } = parse(YAML);
const [, DISTRIBUTION = ''] = /--invalidate\n\s+(\w+)/.exec(YAML) ?? [];

/** What `npm run build` writes. */
type Build = Readonly<Record<string, string>>;

const build = (hash: string, more: Build = {}): Build => ({
  'index.html': page(`app.${hash}.js`),
  'blog/index.html': page(`app.${hash}.js`, 'same.js'),
  [`app.${hash}.js`]: hash,
  'same.js': 'same',
  ...more,
});
const OLD = build('old', { 'removed.html': page('removed.js'), 'removed.js': 'x', 'drafts/a.html': 'stays' });
const NEW = build('new', { 'drafts/b.html': 'is not published' });

const steps = new ActionSteps();
let s3: S3Server;
let cloudFront: FakeCloudFront;
/** Before the production bucket. */
let edge: EdgeCache;

beforeAll(async () => {
  s3 = await startS3();
  cloudFront = await FakeCloudFront.start({
    distributions: [DISTRIBUTION],
    onInvalidation: (paths) => edge.invalidate(paths, matchesPath),
  });
  steps.start(s3, environment());
});
beforeEach(() => {
  for (const name of ['my-staging', 'my-reports']) s3.createBucket(name);
  const production = s3.createBucket('my-production', { versioning: 'Enabled' });
  fill(production, '', OLD);
  edge = new EdgeCache(new Origin(production));
});
afterAll(async () => {
  cloudFront.close();
  await s3.close();
});

function environment(): NodeJS.ProcessEnv {
  return { AWS_ENDPOINT_URL_CLOUDFRONT: cloudFront.endpoint };
}

function fill(bucket: Bucket, folder: string, site: Build): void {
  for (const [key, content] of Object.entries(site)) bucket.put(`${folder}${key}`, content, { lastModified: past });
}

interface Event {
  readonly pullRequest: string;
  /** Instead of seven days. */
  readonly deleteAfter?: string;
}

/** Runs the steps of a job, as far as they are not those of others. @returns how the action ended */
async function runJob(name: string, site: Build, event: Event): Promise<EndedStep> {
  const inEvent = (text: string) =>
    text
      .replace(/\$\{\{ github\.event\.number \}\}/, event.pullRequest)
      .replace(/(?<=--delete-after\n)7d/, event.deleteAfter ?? '7d')
      // of so small a site, a few files are most
      .replace(/(?<=--max-deletes\n)10%/, '100%');
  let ended: EndedStep | undefined;
  for (const { uses = '', run = '', with: inputs = {} } of WORKFLOW.jobs[name]?.steps ?? []) {
    const [, bucket, folder = ''] = /^aws s3 sync --delete dist s3:\/\/([\w-]+)\/(.+)$/.exec(inEvent(run)) ?? [];
    if (bucket !== undefined) fill(s3.bucket(bucket), `${folder}/`, site);
    if (!uses.includes('/bucketsync@')) continue;
    const given = Object.fromEntries(Object.entries(inputs).map(([input, value]) => [input, inEvent(value)]));
    ended = await steps.run('run', given);
    if (name === 'plan') await steps.run('comment', {}, ended.outputs);
  }
  if (!ended) throw new Error(`Expected the job ${name} to use the action`);
  return ended;
}

/** What a job says of the pull request, and what it asks GitHub for: the comment with the plan. */
function fakeGh({ pullRequest }: Event, planned: EndedStep): void {
  steps.fakeGh({ '/pulls': pullRequest, '/comments': planned.outputs['run-id'] ?? '' });
}

async function bucketsync(...args: string[]): Promise<RunSummary> {
  const child = startCli(s3, [...args, '--report-location', 's3://my-reports', '--json'], environment());
  return JSON.parse((await finished(child)).stdout);
}

it('shows the plan on the pull request, publishes it after the merge without breaking a page, and takes it back', async () => {
  const production = s3.bucket('my-production');
  const before = contentsOf(production);
  steps.fakeGh({});

  const event = { pullRequest: '7' };
  const planned = await runJob('plan', NEW, event);
  expect(planned).toMatchObject({ exitCode: 0, outputs: { changes: 'true' } });
  expect(readFileSync(steps.asked, 'utf8')).toContain('/issues/7/comments');
  expect(contentsOf(production)).toEqual(before);

  fakeGh(event, planned);
  const readers = new Readers(production, edge, ['', 'blog/', 'removed.html']);
  const published = await runJob('publish', NEW, event);
  expect(published).toMatchObject({ exitCode: 0 });
  expect([...readers.missing, ...readers.missingLater]).toEqual([]);
  expect(edge.fetch('blog/')).toBe(NEW['blog/index.html']);
  expect([...contentsOf(production).keys()].filter((key) => key.startsWith('drafts/'))).toEqual(['drafts/a.html']);

  const undone = await bucketsync('undo', published.outputs['run-id'] ?? '', '--yes');
  expect(undone).toMatchObject({ status: 'succeeded' });
  expect(contentsOf(production)).toEqual(before);
  expect([...readers.missing]).toEqual([]);
  expect(edge.fetch('blog/')).toBe(OLD['blog/index.html']);

  const nightly = ['run', 's3://my-staging/site', 's3://my-production', '--mode', 'publish', '--exclude', 'drafts/**'];
  expect(await bucketsync(...nightly)).toMatchObject({ status: 'held' });
  await finished(startCli(s3, ['release', 's3://my-production', '--report-location', 's3://my-reports']));
  expect(await bucketsync(...nightly, '--delete-after', '7d')).toMatchObject({
    status: 'succeeded',
    totals: { copied: 3, deleted: 0, deferred: 3 },
  });
});

/** How many orphans a plan leaves for later. */
function waitingIn({ outputs }: EndedStep): number {
  const summary = s3.bucket('my-reports').get(`runs/${outputs['run-id']}/summary.json`)?.body;
  return (JSON.parse(Buffer.concat([...(summary?.chunks() ?? [])]).toString()) as RunSummary).totals.deferred ?? 0;
}

it('deletes what has waited long enough with the next plan, from the folder of another pull request, without any other run', async () => {
  const production = s3.bucket('my-production');
  const first = { pullRequest: '8' };
  const next = { pullRequest: '9', deleteAfter: '1s' };
  const newer = build('newer');
  steps.fakeGh({});
  fakeGh(first, await runJob('plan', newer, first));
  await runJob('publish', newer, first);
  expect(production.get('app.old.js')).toBeDefined();

  let planned: EndedStep;
  do {
    steps.fakeGh({});
    planned = await runJob('plan', newer, next);
  } while (waitingIn(planned) > 0); // until a second is over for each of them
  expect(planned.outputs.changes).toBe('true');
  fakeGh(next, planned);
  expect(await runJob('publish', newer, next)).toMatchObject({ exitCode: 0 });

  expect(production.get('app.old.js')).toBeUndefined();
  expect([...contentsOf(production).keys()]).toEqual(['drafts/a.html', ...Object.keys(newer)].sort());
});
