import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { syncInputSchema } from '../../statemachine/input/sync-input';

const FOLDER = join(__dirname, '../../statemachine');
const SOURCES = [...globSync('contract/*.ts', { cwd: FOLDER }), 'input/deployed-settings.ts'];

/** What Tasks get, and what they leave in the state. */
const ROOTS = [
  ...[
    'ValidateInputInput',
    'RunState',
    'RangeInput',
    'RangeResult',
    'FailedRange',
    'AdvanceInput',
    'PhaseEnd',
    'FinishRunInput',
  ],
];

const COMMENT = /\/\*[\s\S]*?\*\/|\/\/.*$/gm;
const INTERFACE = /^export interface (\w+)[^{]*\{\n[\s\S]*?^\}$|^export type (\w+) =[\s\S]*?;$/gm;

/**
 * The types of what travels through the state machine, one a line, without their comments. A change here is a new version
 * of the contract; a sentence that explains a field is none.
 */
export function describeShapes(): string {
  const types = new Map(SOURCES.flatMap(readTypes));
  const reached = new Set(ROOTS);
  for (const name of reached) {
    for (const [word] of types.get(name)?.matchAll(/\w+/g) ?? []) if (types.has(word)) reached.add(word);
  }
  const lines = [...reached].sort().map((name) => types.get(name) ?? `${name}: not found`);
  return [...lines, `SyncInput has ${Object.keys(syncInputSchema.shape).join(', ')}`, ''].join('\n');
}

function readTypes(file: string): [string, string][] {
  const text = readFileSync(join(FOLDER, file), 'utf8').replaceAll(COMMENT, '');
  return [...text.matchAll(INTERFACE)].map(([type, name, alias]) => [
    name ?? alias ?? '',
    type.replace(/^export /, '').replaceAll(/\s+/g, ' '),
  ]);
}
