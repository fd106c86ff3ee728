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

      expect(different.map(({ id }) => id)).toEqual(Object.keys(PROVE_DEVIATIONS[kind.name]));
      expect(notRun).toEqual([]);
      expect(proof.leftovers).toEqual([]);
      expect(exitCode).toBe(1);
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
