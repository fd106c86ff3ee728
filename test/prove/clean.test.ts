import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type S3Server, startS3 } from '../../local/s3';
import { runCli, startCli } from '../cli/command-line';
import { finished } from '../support/cli-process';
import { everyNth, randomSeed } from '../support/length';
import { randomOf } from '../support/random';
import { temporaryFolder } from '../support/temporary-folder';
import { bucketsOf } from './proof';

const seed = Number(process.env.PROVE_SEED ?? randomSeed());
const random = randomOf(seed);

/** The number of a request of a proof, which has some 1,900. */
const somewhere = () => Math.floor(random() * 700) + 1;
const moments: [string, (s3: S3Server) => (operation: string, nth: number) => boolean][] = [
  ['while its first bucket is made', () => (operation) => operation === 'CreateBucket'],
  ['while an upload is under way', () => (operation) => operation === 'UploadPartCopy'],
  ...[1, 2, 3].map((): (typeof moments)[number] => {
    const at = somewhere();
    return [`at request ${at} (seed ${seed})`, () => (_operation, nth) => nth === at];
  }),
];

describe('prove --clean', () => {
  it.each(everyNth(3, moments, 1))(
    'removes everything that is left of a proof that was killed %s',
    async (_when, momentOf) => {
      await using s3 = await startS3();
      s3.createBucket('of-somebody-else').put('key', 'content');
      const folder = temporaryFolder();
      const journals = ['--journal', join(folder, 'journals')];
      const output = ['--output', join(folder, 'prove.json')];
      const child = startCli(s3, ['prove', '--yes', '--json', ...journals, ...output]);
      const isMoment = momentOf(s3);
      let nth = 0;
      s3.onRequest = ({ operation }) => {
        nth++;
        if (isMoment(operation, nth)) child.kill('SIGKILL');
        return undefined;
      };
      const { exitCode } = await finished(child);
      expect(exitCode).toBeNull();
      s3.onRequest = undefined;
      const killed = bucketsOf(s3).length;

      const cleaned = await runCli(s3, ['prove', '--clean', ...journals]);

      expect({ exitCode: cleaned.exitCode, stderr: cleaned.stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(killed).toBeGreaterThan(0);
      expect(bucketsOf(s3)).toEqual(['of-somebody-else']);
      expect(readdirSync(join(folder, 'journals'))).toEqual([]);
    },
  );

  it('has nothing to do if nothing is left', async () => {
    await using s3 = await startS3();
    const folder = temporaryFolder();
    const { exitCode, stdout } = await runCli(s3, ['prove', '--clean', '--journal', folder]);

    expect(exitCode).toBe(0);
    expect(stdout).toBe(`Nothing to clean up: there is no journal in ${folder}.\n`);
  });

  it('leaves a proof alone that still runs, or ran elsewhere', async () => {
    await using s3 = await startS3();
    await using other = await startS3();
    const folder = temporaryFolder();
    const child = startCli(s3, [
      'prove',
      '--yes',
      '--stages',
      'A',
      '--journal',
      folder,
      '--output',
      join(folder, 'out'),
    ]);
    const atWork = new Promise<void>((resolve) => {
      s3.onRequest = ({ operation }) => {
        if (operation !== 'CreateBucket') return undefined;
        resolve();
        return 'stall';
      };
    });
    await atWork;
    const during = await runCli(s3, ['prove', '--clean', '--journal', folder]);
    child.kill('SIGKILL');
    await finished(child);
    const elsewhere = await runCli(other, ['prove', '--clean', '--journal', folder]);

    expect(during.stdout).toContain(`skipped, it is still at work, as process ${child.pid}`);
    expect(during.exitCode).toBe(2);
    expect(elsewhere.stdout).toContain(`skipped, it worked at ${s3.endpoint}: give the same --endpoint-url`);
    expect(elsewhere.exitCode).toBe(2);
  });
});
