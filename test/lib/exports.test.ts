import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { syncInputSchema } from '../../statemachine/input/sync-input';
import type { ExportedMember } from './read-exports.mts';

const ROOT = join(__dirname, '../..');

/** TypeScript's own reader is an ES module, which Jest does not load. */
const members: ExportedMember[] = JSON.parse(
  execFileSync(process.execPath, ['--import', './bin/tsx.mjs', 'test/lib/read-exports.mts'], {
    cwd: ROOT,
    encoding: 'utf8',
  }),
);
const documented = new Set(members.filter(({ docs }) => docs !== '').map(({ name }) => name));

describe('what the package exports', () => {
  it('is read at all', () => {
    expect(members.length).toBeGreaterThan(150);
    expect(documented).toContain('SyncLocation.bucket');
    expect(members.map(({ name }) => name)).toContain('MirrorInput.maxDeletes');
  });

  it('has a docstring on every type, field and method', () => {
    const silent = members.filter(
      ({ name }) => !documented.has(name) && !documented.has(name.replace(/^BucketSync\./, 'IBucketSync.')),
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('has no union of objects, no computed type and no readonly list, so that jsii accepts it', () => {
    expect(members.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });

  it('can be changed by nobody', () => {
    expect(members.filter(({ isReadonly }) => !isReadonly)).toEqual([]);
  });
});

it('the input describes each of its fields', () => {
  const silent = Object.entries(syncInputSchema.shape).filter(([, field]) => !field.description);
  expect(silent.map(([name]) => name)).toEqual([]);
});
