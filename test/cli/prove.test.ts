import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type S3Server, startS3 } from '../../local/s3';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli } from './command-line';

describe('bucketsync prove', () => {
  let s3: S3Server;
  const folder = temporaryFolder();
  const files = ['--journal', join(folder, 'journals'), '--output', join(folder, 'prove.json')];
  beforeAll(async () => {
    s3 = await startS3();
  });
  afterAll(() => s3.close());
  beforeEach(() => s3.requests.reset());

  it('does not begin without a terminal, unless --yes is set', async () => {
    const { exitCode, stderr } = await runCli(s3, ['prove', ...files], 'y\n');

    expect(exitCode).toBe(2);
    expect(stderr).toBe('error: Expected a terminal to ask whether to begin: without a terminal, add --yes\n');
    expect(s3.requests.total).toBe(0);
  });

  it.each([
    [['--stages', 'A-Z'], 'Expected --stages to be letters from A to H such as A-E or A,C-D, got "A-Z"'],
    [['--stages', 'E-A'], 'got "E-A"'],
    [['--stages', ''], 'Expected --stages to be letters'],
    [['--stages', 'F'], 'Expected --iam with stage F'],
    [['--stages', 'A,G'], 'Expected --deploy with stage G'],
    [['--max-usd', '0'], 'Expected an amount of US dollars above 0'],
    [['--max-usd', 'much'], 'Expected an amount of US dollars above 0'],
    [['--endpoint-url', 'localhost'], 'Expected --endpoint-url to be a URL'],
  ])('rejects %p', async (args, message) => {
    const { exitCode, stderr } = await runCli(s3, ['prove', '--yes', ...files, ...args]);

    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
    expect(s3.requests.of('CreateBucket')).toBe(0);
  });

  it('prints a table, and writes all of it to a file', async () => {
    const { exitCode, stdout, stderr } = await runCli(s3, ['prove', '--yes', '--stages', 'A-B', ...files]);

    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^This creates buckets.* called bucketsync-prove-[a-z0-9]{8}-… in account unknown/);
    expect(stdout).toMatch(/B1 +as assumed +The mirror copies an object/);
    expect(stdout).toContain('Not run, not asked for: C1, C2');
    expect(JSON.parse(readFileSync(join(folder, 'prove.json'), 'utf8')).findings.length).toBeGreaterThan(60);
  });

  it('prints one JSON document and nothing else when it is asked to', async () => {
    const { exitCode, stdout } = await runCli(s3, ['prove', '--yes', '--json', '--stages', 'A', ...files]);

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ leftovers: [], place: { region: 'us-east-1' } });
  });
});
