import type { Command, Option } from 'commander';

/** What a shell needs to know of the commands, whatever its language. */
export interface CompletedVerb {
  readonly name: string;
  readonly about: string;
  readonly options: readonly CompletedOption[];
  /** What may stand in the place of its first argument. */
  readonly words: readonly string[];
}

export interface CompletedOption {
  /** `--yes`, `-y` */
  readonly names: readonly string[];
  readonly about: string;
  /** A text that no shell can guess, a file, or one of these choices. */
  readonly takes: 'nothing' | 'text' | 'file' | readonly string[];
}

export function completedVerbs(program: Command): CompletedVerb[] {
  const verbs = program.createHelp().visibleCommands(program);
  return verbs.map((command) => ({
    name: command.name(),
    about: command.summary(),
    options: command.createHelp().visibleOptions(command).map(describe),
    words: command.name() === 'help' ? verbs.map((verb) => verb.name()) : (choicesOfArgument(command) ?? []),
  }));
}

function choicesOfArgument({ registeredArguments: [first] }: Command): readonly string[] | undefined {
  return first?.argChoices;
}

function describe({ long, short, description, required, optional, argChoices, flags }: Option): CompletedOption {
  const names = [long, short].filter((name) => name !== undefined);
  const takes = !required && !optional ? 'nothing' : (argChoices ?? (takesFile(flags) ? 'file' : 'text'));
  return { names, about: firstSentence(description), takes };
}

/** `--input <file>`, `--report-location <place>` */
function takesFile(flags: string): boolean {
  return /<(file|folder|place)>/.test(flags);
}

function firstSentence(description: string): string {
  return description.split(/[;\n]| \(/)[0]?.trim() ?? '';
}
