import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onceAWorker } from '../support/once-a-worker';
import type { Roles } from './role-permissions';

const ROOT = join(__dirname, '../..');
/** What the template is made of, this folder included. */
const INPUTS = [
  'package-lock.json',
  'cdk.json',
  'lib/**',
  'permissions/**',
  'statemachine/**',
  'wording/**',
  'test/permissions/*.ts',
];

/** The roles of the construct as it is now. */
export function readRoles(): Roles {
  return onceAWorker('roles', readKeptRoles);
}

/** To synthesize them takes seconds, so that is done once for each state of the code. */
function readKeptRoles(): Roles {
  const hash = createHash('sha256');
  const files = INPUTS.flatMap((pattern) => globSync(pattern, { cwd: ROOT, withFileTypes: true }));
  for (const file of files
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()) {
    hash.update(`${file}\n`).update(readFileSync(file));
  }
  const folder = join(ROOT, 'node_modules/.cache/bucketsync');
  const cached = join(folder, `roles-${hash.digest('hex').slice(0, 16)}.json`);
  if (!existsSync(cached)) {
    // imported here, because it is slow as well
    const { synthesizeRoles } = require('./synthesize-roles') as typeof import('./synthesize-roles');
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${cached}.${process.pid}`, JSON.stringify(synthesizeRoles()));
    renameSync(`${cached}.${process.pid}`, cached);
  }
  return JSON.parse(readFileSync(cached, 'utf8')) as Roles;
}
