import { past, useMirror } from '../support/mirror';
import { temporaryFolder } from '../support/temporary-folder';
import { runCliHere } from './in-process';

const mirror = useMirror();
let count = 0;

function createSite() {
  const { source, destination } = mirror.createPair();
  source.put('index.html', 'new', { lastModified: past });
  const url = `s3://${destination.name}/site`;
  const reports = ['--report-location', temporaryFolder()];
  const run = (...args: string[]) => runCliHere(mirror.s3, [...args, ...reports]);
  return { url, run, mirrorIt: () => run('run', `s3://${source.name}`, url, '--yes'), count: ++count };
}

it('holds a folder, shows it in runs, and releases it', async () => {
  const { url, run, mirrorIt } = createSite();

  const held = await run('hold', url, '--reason', "Ann's audit");
  const refused = await mirrorIt();
  const released = await run('release', url);
  const done = await mirrorIt();

  expect(held.exitCode).toBe(0);
  expect(held.stdout).toMatch(
    new RegExp(
      `^${url}/ has been held since [^ ]+: Ann's audit\\nTo release it: {2}bucketsync release ${url}/\\nThe hold is in s3://`,
    ),
  );
  expect(refused.exitCode).toBe(1);
  expect(refused.stdout).toMatch(/^✖ The run was held back after .*, nothing was written/);
  expect(refused.stdout).toContain("Ann's audit");
  expect(released).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`${url}/ is released.`) });
  expect(done.exitCode).toBe(0);
});

it('are one JSON document with --json', async () => {
  const { url, run } = createSite();

  const held = JSON.parse((await run('hold', url, '--reason', 'x', '--json')).stdout);
  const released = JSON.parse((await run('release', url, '--json')).stdout);

  expect(held).toEqual({ lock: expect.any(String), folder: 'site/', since: expect.any(String), reason: 'x' });
  expect(released).toEqual({ released: [held], left: [] });
});

it('ends with 1 if another hold keeps runs from the folder, and says how to release it', async () => {
  const { url, run } = createSite();
  const bucket = url.replace('/site', '');
  await run('hold', bucket, '--reason', 'all of it');

  const { exitCode, stdout } = await run('release', url);

  expect(exitCode).toBe(1);
  expect(stdout).toContain(`${url}/ was not held.\nStill: ${bucket}/ has been held since`);
  expect(stdout).toContain(`bucketsync release ${bucket}/\n`);
});

it.each([
  ['an empty one', ' '],
  ['two lines', 'a\nb'],
  ['what a terminal would obey', '\u001b[2J'],
  ['a long one', 'x'.repeat(501)],
])('refuses a reason that is %s', async (_what, reason) => {
  const { url, run } = createSite();

  const { exitCode, stderr } = await run('hold', url, '--reason', reason);

  expect(exitCode).toBe(2);
  expect(stderr).toContain('Expected --reason to be a line of 1 to 500 characters that can be shown');
});

it.each(['hold', 'release'])('%s refuses a place that is no bucket', async (verb) => {
  const { run } = createSite();

  expect(await run(verb, 'production')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('s3://bucket') });
});
