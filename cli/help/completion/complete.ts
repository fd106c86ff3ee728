import type { Command } from 'commander';
import { bashCompletion } from './bash';
import { type CompletedVerb, completedVerbs } from './completed';
import { fishCompletion } from './fish';
import { powershellCompletion } from './powershell';
import { zshCompletion } from './zsh';

const SCRIPTS: Readonly<Record<string, (verbs: readonly CompletedVerb[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
};

/** The script with which a shell completes all commands, options and choices of a program. */
export function completionScript(program: Command, shell: string): string {
  const script = SCRIPTS[shell];
  if (!script) throw new Error(`Expected one of the shells ${Object.keys(SCRIPTS).join(', ')}, got ${shell}`);
  return script(completedVerbs(program));
}
