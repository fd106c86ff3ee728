import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startS3 } from '../../local/s3';
import type { Proof } from '../../prove/prove';
import { temporaryFolder } from '../support/temporary-folder';
import { runCommand } from './command-line';
import { DEPLOYED_DEVIATIONS, PROVE_CHANCES, PROVE_DEVIATIONS } from './prove-deviations';
import { awsEnvironment, SERVER_KINDS, startServer } from './servers';

it.each(SERVER_KINDS)(
  'a proof on $name finds exactly the differences that are known, and leaves nothing',
  async (kind) => {
    const server = await startServer(kind);
    const folder = temporaryFolder();
    try {
      const files = ['--journal', join(folder, 'journals'), '--output', join(folder, 'prove.json')];
      const args = ['prove', '--yes', '--iam', '--endpoint-url', server.endpoint, ...files];
      const { exitCode } = await runCommand('npm', ['run', '-s', 'bucketsync', '--', ...args], server.env);
      const proof: Proof = JSON.parse(readFileSync(join(folder, 'prove.json'), 'utf8'));
      const different = proof.findings
        .filter(({ verdict }) => verdict === 'different')
        .map(({ id }) => id)
        .filter((id) => !PROVE_CHANCES[kind.name]?.includes(id));
      const notRun = proof.findings.filter(({ verdict, stage }) => verdict === 'not run' && !'GH'.includes(stage));

      expect(different).toEqual(Object.keys(PROVE_DEVIATIONS[kind.name] ?? {}));
      expect(notRun).toEqual([]);
      expect(proof.leftovers).toEqual([]);
      expect(exitCode).toBe(1);
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

it('a proof on the embedded S3 finds all as assumed with a second Region, 5 GB, and 20,000 copies at once', async () => {
  await using s3 = await startS3();
  const folder = temporaryFolder();
  const files = ['--journal', join(folder, 'journals'), '--output', join(folder, 'prove.json')];
  const more = ['--second-region', 'eu-west-1', '--large', '--load'];
  const args = ['prove', '--yes', ...more, '--endpoint-url', s3.endpoint, ...files];
  const finished = await runCommand('npm', ['run', '-s', 'bucketsync', '--', ...args], awsEnvironment(s3.endpoint));
  const proof: Proof = JSON.parse(readFileSync(join(folder, 'prove.json'), 'utf8'));
  rmSync(folder, { recursive: true, force: true });

  expect(proof.findings.filter(({ verdict }) => verdict === 'different')).toEqual([]);
  expect(proof.findings.find(({ id }) => id === 'H6')?.observed).toMatch(/, all copied$/);
  expect(finished).toMatchObject({ exitCode: 0 });
  expect([...s3.state.buckets.keys()]).toEqual([]);
});

it('a proof on MiniStack deploys its stack, finds exactly the differences that are known, and destroys it', async () => {
  const [kind] = SERVER_KINDS.filter(({ name }) => name === 'ministack');
  if (!kind) throw new Error('Expected to know how to start MiniStack');
  const server = await startServer(kind);
  const folder = temporaryFolder();
  try {
    const assembly = ['-c', 'demo=true', '--output', join(folder, 'cdk.out')];
    await runCommand('cdk', ['bootstrap', 'aws://000000000000/us-east-1', ...assembly], server.env);
    const files = ['--journal', join(folder, 'journals'), '--output', join(folder, 'prove.json')];
    const args = ['prove', '--yes', '--deploy', '--stages', 'A,G', '--endpoint-url', server.endpoint, ...files];
    const { exitCode } = await runCommand('npm', ['run', '-s', 'bucketsync', '--', ...args], server.env);
    const proof: Proof = JSON.parse(readFileSync(join(folder, 'prove.json'), 'utf8'));

    const different = proof.findings.filter(({ verdict }) => verdict === 'different');
    const asAssumed = proof.findings.filter(({ stage, verdict }) => stage === 'G' && verdict === 'as assumed');

    expect(different.map(({ id }) => id)).toEqual(Object.keys(DEPLOYED_DEVIATIONS));
    // deployed, run, run again, told of, stopped and followed, destroyed; two of the probes, and the Map
    expect(asAssumed.map(({ id }) => id)).toEqual(['G1', 'G3', 'G4', 'G6', 'G7', 'G8', 'G9', 'G19', 'G23']);
    expect(proof.findings.find(({ id }) => id === 'G5')?.observed).toBe('the history names no Map Run');
    expect(proof.leftovers).toEqual([]);
    expect(exitCode).toBe(1);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
