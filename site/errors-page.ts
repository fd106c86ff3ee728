import { readFileSync } from 'node:fs';
import { ERROR_NAMES } from '../statemachine/errors';
import { table } from './commands-page';

const ERRORS = new URL('../statemachine/errors.ts', import.meta.url);

/** The errors that can end a run, from the contract, with what their docstrings say. */
export function makeErrorsPage(): string {
  const source = readFileSync(ERRORS, 'utf8');
  const rows = ERROR_NAMES.map((name) => [
    `[\`${name}\`](../runbook.md#${name.toLowerCase()})`,
    docstringOf(source, name),
  ]);
  return [
    '# Errors',
    'The names of the errors that can end a run, in the execution and in `error.name` of the summary. The runbook says what to do about each.',
    table(['name', 'means'], rows),
    '',
  ].join('\n\n');
}

function docstringOf(source: string, name: string): string {
  const [, comment] = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\nexport class ${name} `).exec(source) ?? [];
  if (comment === undefined) throw new Error(`Expected a docstring of ${name} in statemachine/errors.ts, got none`);
  return comment
    .replace(/\n\s*\*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
