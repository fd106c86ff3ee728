import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Proof } from '../../prove/prove';
import { runCommand } from './command-line';
import { PROVE_DEVIATIONS } from './prove-deviations';
import { SERVER_KINDS, startServer } from './servers';

jest.setTimeout(600_000);

it.each(SERVER_KINDS)(
  'a proof on $name finds exactly the differences that are known, and leaves nothing',
  async (kind) => {
    const server = await startServer(kind);
    const folder = mkdtempSync(join(tmpdir(), 'bucketsync-prove-'));
    try {
      const files = ['--journal', join(folder, 'journals'), '--output', join(folder, 'prove.json')];
      const args = ['prove', '--yes', '--iam', '--endpoint-url', server.endpoint, ...files];
      const { exitCode } = await runCommand('npm', ['run', '-s', 'bucketsync', '--', ...args], server.env);
      const proof: Proof = JSON.parse(readFileSync(join(folder, 'prove.json'), 'utf8'));
      const different = proof.findings.filter(({ verdict }) => verdict === 'different');
      const notRun = proof.findings.filter(({ verdict, stage }) => verdict === 'not run' && !'GH'.includes(stage));

      expect(different.map(({ id }) => id)).toEqual(Object.keys(PROVE_DEVIATIONS[kind.name] ?? {}));
      expect(notRun).toEqual([]);
      expect(proof.leftovers).toEqual([]);
      expect(exitCode).toBe(1);
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

it('a proof on MiniStack deploys the demo stack, runs it as assumed, and destroys it', async () => {
  const [kind] = SERVER_KINDS.filter(({ name }) => name === 'ministack');
  if (!kind) throw new Error('Expected to know how to start MiniStack');
  const server = await startServer(kind);
  const folder = mkdtempSync(join(tmpdir(), 'bucketsync-prove-'));
  try {
    const assembly = ['-c', 'demo=true', '--output', join(folder, 'cdk.out')];
    await runCommand('cdk', ['bootstrap', 'aws://000000000000/us-east-1', ...assembly], server.env);
    const files = ['--journal', join(folder, 'journals'), '--output', join(folder, 'prove.json')];
    const args = ['prove', '--yes', '--deploy', '--stages', 'A,G', '--endpoint-url', server.endpoint, ...files];
    const { exitCode } = await runCommand('npm', ['run', '-s', 'bucketsync', '--', ...args], server.env);
    const proof: Proof = JSON.parse(readFileSync(join(folder, 'prove.json'), 'utf8'));

    expect(proof.findings.filter(({ verdict }) => verdict === 'different')).toEqual([]);
    expect(proof.findings.filter(({ stage, verdict }) => stage === 'G' && verdict === 'as assumed')).toHaveLength(5);
    expect(exitCode).toBe(0);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
