import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type S3Server, startS3 } from '../../local/s3';
import { past } from '../support/mirror';
import { ActionSteps, ACTION as action, type Step } from './action-steps';

const ROOT = join(__dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const page = read('docs/github-actions.md');
const workflows = globSync('.github/workflows/*.yml', { cwd: ROOT });
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => parse(yaml));
const stepsOf = (workflow: { jobs: Record<string, { steps?: Step[] }> }) =>
  Object.values(workflow.jobs).flatMap(({ steps = [] }) => steps);

describe('the workflows', () => {
  it.each(workflows)('%s gives each job only the rights that it names', (file) => {
    expect(parse(read(file)).permissions).toBeDefined();
  });

  it.each(workflows)('%s starts only scripts and files that exist', (file) => {
    const names = stepsOf(parse(read(file))).flatMap(
      ({ run = '' }) => run.match(/(?:scripts|bin|\.ci)\/[\w./-]+/g) ?? [],
    );
    expect(names.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
  });

  it('run everything that a change has to pass', () => {
    expect(stepsOf(parse(read('.github/workflows/ci.yml'))).map(({ run }) => run)).toContain('.ci/run');
  });

  it('publish with provenance and without a token, after the tests', () => {
    const { jobs } = parse(read('.github/workflows/release.yml'));

    expect(jobs.publish).toMatchObject({ needs: 'ci', permissions: { 'id-token': 'write' } });
    expect(jobs.ci.uses).toBe('./.github/workflows/ci.yml');
    expect(JSON.stringify(jobs)).toMatch(/npm publish \S+ --provenance/);
    expect(JSON.stringify(jobs)).not.toMatch(/NODE_AUTH_TOKEN|secrets\./);
  });
});

describe('the action for users', () => {
  it('has each input and output in its page, and no others', () => {
    const named = [...page.matchAll(/^\| `([\w-]+)` +\|/gm)].map(([, name]) => name);
    expect(named).toEqual([...Object.keys(action.inputs), ...Object.keys(action.outputs)]);
  });

  it('has examples that set only inputs that there are', () => {
    const given = examples.flatMap(stepsOf).flatMap((step) => Object.keys((step as { with?: object }).with ?? {}));
    expect(given.length).toBeGreaterThan(10);
    expect(given.filter((name) => !(name in action.inputs))).toEqual([]);
  });

  it('gives no input to a shell as code', () => {
    const scripts = action.runs.steps.flatMap(({ run = '' }: Step) => run);
    expect(scripts.filter((script: string) => script.includes('${{'))).toEqual([]);
  });
});

describe('the steps of the action', () => {
  const steps = new ActionSteps();
  const { folder, asked } = steps;
  const runStep: ActionSteps['run'] = (...given) => steps.run(...given);
  const fakeGh: ActionSteps['fakeGh'] = (answers) => steps.fakeGh(answers);
  let s3: S3Server;

  beforeAll(async () => {
    s3 = await startS3();
    steps.start(s3);
  });
  afterAll(() => s3.close());
  beforeEach(() => {
    s3.createBucket('staging').put('index.html', 'new', { lastModified: past });
    s3.bucket('staging').put('a -->`b`.html', 'new', { lastModified: past });
    s3.createBucket('production').put('old.html', 'old', { lastModified: past });
    s3.createBucket('reports');
  });

  const sides = { source: 's3://staging', destination: 's3://production', 'report-location': 's3://reports' };

  it('plan, write the plan on the pull request, and apply exactly that plan after the merge', async () => {
    fakeGh({});
    const planned = await runStep('run', { ...sides, command: 'plan' });

    expect(planned).toMatchObject({
      exitCode: 0,
      outputs: { changes: 'true', 'run-id': expect.stringMatching(/^[\w-]+$/) },
    });
    expect(planned.text).toMatch(
      /\| \+ new \| 2 \| 6 B \|\n\| ~ overwritten \| 0 \| 0 B \|\n\| - deleted \| 1 \| 3 B \|/,
    );
    expect(planned.text.match(/-->/g)).toHaveLength(2);

    const commented = await runStep('comment', {}, planned.outputs);
    expect(commented).toMatchObject({ exitCode: 0 });
    expect(readFileSync(asked, 'utf8')).toContain('api --method POST repos/me/site/issues/7/comments --field body=@');
    expect(readFileSync(asked, 'utf8')).toContain(`<!-- bucketsync plan ${planned.outputs['run-id']} -->`);

    s3.bucket('staging').put('later.html', 'not in the plan', { lastModified: past });
    fakeGh({ '/pulls': '7', '/comments': planned.outputs['run-id'] ?? '' });
    const applied = await runStep('run', { command: 'apply', 'report-location': 's3://reports' });

    expect(applied).toMatchObject({ exitCode: 0, text: expect.stringContaining('copied 2') });
    expect([...s3.bucket('production').index.after('')].map(({ key }) => key)).toEqual(['a -->`b`.html', 'index.html']);
  });

  it('replace the comment of the same mirror, and leave those of others', async () => {
    const planned = await runStep('run', { ...sides, command: 'plan' });
    const [mark = ''] = planned.text.split('\n');
    fakeGh({ '/comments': `11 <!-- bucketsync plan of another -->\n12 ${mark}` });

    await runStep('comment', {}, planned.outputs);

    expect(readFileSync(asked, 'utf8')).toContain('api --method PATCH repos/me/site/issues/comments/12 --field body=@');
  });

  it('fail with the exit code of a check that finds a difference, and say what differs', async () => {
    expect(await runStep('run', { ...sides, command: 'check' })).toMatchObject({
      exitCode: 3,
      outputs: { changes: 'true' },
      text: expect.stringContaining('index.html'),
    });
  });

  it('pass each line of the arguments as one word, and nothing to the shell', async () => {
    s3.bucket('production').remove('old.html');
    const run = { ...sides, command: 'run', arguments: '--exclude\n$(touch was-run) *\n--max-deletes\n5%\n' };

    expect(await runStep('run', run)).toMatchObject({ exitCode: 0, text: expect.stringContaining('copied 2') });
    expect(existsSync(join(folder, 'was-run'))).toBe(false);
  });

  it.each([
    [{ command: 'sync' }, 'Expected command to be plan, check, run or apply, got sync', 2],
    [{ command: 'plan', source: 's3://staging', destination: 's3://no-such' }, 'no bucket s3://no-such', 1],
    [{ command: 'apply' }, 'Expected a pull request of the commit abc, found none', 2],
  ])('say what is wrong with %j', async (inputs, message, exitCode) => {
    fakeGh({});
    const { stdout, stderr, text, ...ended } = await runStep('run', inputs);

    expect(stdout + stderr + text).toContain(message);
    expect(ended.exitCode).toBe(exitCode);
  });
});
