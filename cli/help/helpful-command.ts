import { Command } from 'commander';
import { shellWord } from '../../wording/shell-word';
import { OPTIONS_ELSEWHERE, VERBS_ELSEWHERE } from './neighbours';
import { nearest } from './suggest';

/** A command that understands what users of other tools type, and says what it is here. */
export class HelpfulCommand extends Command {
  override createCommand(name?: string): HelpfulCommand {
    return new HelpfulCommand(name);
  }

  /** commander calls it for a word that is no command. */
  unknownCommand(): never {
    const [word = '', ...rest] = this.args;
    this.refuse(word, rest);
  }

  /** Ends with an error that says what the word is here. */
  refuse(word: string, rest: readonly string[] = []): never {
    this.error(`error: unknown command '${word}'${withLine(this.suggestVerb(word, rest))}`, {
      code: 'commander.unknownCommand',
    });
  }

  /** commander calls it for an option that the command does not have. */
  unknownOption(flag: string): never {
    this.error(`error: unknown option '${flag}'${withLine(this.suggestOption(flag))}`, {
      code: 'commander.unknownOption',
    });
  }

  private suggestVerb(word: string, rest: readonly string[]): string | undefined {
    const urls = [word, ...rest].filter((argument) => argument.startsWith('s3://'));
    const sides = urls.length === 2 ? urls.map(shellWord).join(' ') : 's3://source s3://destination';
    if (word.startsWith('s3://')) return showBoth(sides);
    const known = Object.hasOwn(VERBS_ELSEWHERE, word.toLowerCase()) && VERBS_ELSEWHERE[word.toLowerCase()];
    if (known && 'why' in known) return `There is no such command: ${known.why}`;
    const names = this.createHelp()
      .visibleCommands(this)
      .flatMap((command) => [command.name(), ...command.aliases()]);
    const verb = known ? known.verb : nearest(word.toLowerCase(), names);
    if (verb === undefined) return 'See all commands: bucketsync help';
    if (verb === 'run' && known) return showBoth(sides);
    return `(Did you mean ${verb}?)`;
  }

  private suggestOption(flag: string): string | undefined {
    const [name = '', value] = flag.split('=', 2);
    if (value !== undefined && this.options.some(({ long }) => long === name)) {
      return `(${name} takes no value: write it alone, or leave it out)`;
    }
    const words = this.createHelp()
      .visibleOptions(this)
      .flatMap(({ long }) => long?.slice(2) ?? []);
    const known = Object.hasOwn(OPTIONS_ELSEWHERE, name) ? (OPTIONS_ELSEWHERE[name] ?? '') : '';
    const [, meant] = /--([a-z-]+)/.exec(known) ?? [];
    if (known !== '' && (meant === undefined || words.includes(meant) || known.includes('of the command')))
      return `(${known})`;
    if (meant === 'dry-run' && ['plan', 'check'].includes(this.name()))
      return '(It is not needed: this command writes nothing)';
    const near = nearest(name.replace(/^-+/, ''), words);
    return near === undefined ? undefined : `(Did you mean --${near}?)`;
  }
}

function showBoth(sides: string): string {
  return `To make one bucket equal to another:\n  bucketsync plan ${sides}\n  bucketsync run ${sides}`;
}

function withLine(suggestion: string | undefined): string {
  return suggestion === undefined ? '' : `\n${suggestion}`;
}
