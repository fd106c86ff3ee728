import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import ownTemporaryFolder from './jest/own-temporary-folder';
import { temporaryFolder } from './support/temporary-folder';

const Environment = ownTemporaryFolder(
  class {
    async teardown(): Promise<void> {}
  },
);
const testDone = (...errors: Error[]) => ({ name: 'test_done', test: { errors } });

describe('the temporary folder of a suite', () => {
  it('is its own, and named for it', () => {
    expect(basename(tmpdir())).toMatch(/^own-temporary-folder\.test\.ts-/);
    expect(dirname(temporaryFolder())).toBe(tmpdir());
  });

  it('fails a suite that leaves a file of its own there, by name', async () => {
    const environment = new Environment({}, { testPath: '/some/leaky.test.ts' });
    writeFileSync(join(environment.temporaryFolder, 'left-behind'), '');

    await expect(environment.teardown()).rejects.toThrow('This suite left left-behind in the temporary folder');
    expect(existsSync(environment.temporaryFolder)).toBe(false);
  });

  it('is removed with what temporaryFolder() made, and after a failed test with all else', async () => {
    const environment = new Environment({}, { testPath: '/some/failed.test.ts' });
    for (const name of ['bucketsync-test-abc', 'half-done']) writeFileSync(join(environment.temporaryFolder, name), '');
    await environment.handleTestEvent(testDone(new Error('failed')), {});

    await environment.teardown();

    expect(existsSync(environment.temporaryFolder)).toBe(false);
  });

  it('is only removed when the servers of others may leave files in it', async () => {
    const projectConfig = { testEnvironmentOptions: { othersMayLeave: true } };
    const environment = new Environment({ projectConfig }, { testPath: '/some/servers.test.ts' });
    writeFileSync(join(environment.temporaryFolder, 'of-a-server'), '');

    await environment.teardown();

    expect(existsSync(environment.temporaryFolder)).toBe(false);
  });

  it('holds no cache of tsx, for no command loads tsx without moving it', () => {
    for (const file of ['package.json', 'cdk.json']) {
      const text = readFileSync(join(__dirname, '..', file), 'utf8');
      expect(text).toContain('--import ./bin/tsx.mjs');
      expect(text).not.toContain('--import tsx');
    }
  });
});
