import { type Command, Help, type Option } from 'commander';
import { CHOICES } from './choices';
import { OPTION_GROUPS } from './option-groups';
import { VERBS } from './verbs';

/** A longer term has a line of its own, so that descriptions have room at 80 columns. */
const MOST_TERM = 28;
const INDENT = 2;
const GAP = 2;

/** How help is laid out: groups in the order of `VERBS` and `OPTION_GROUPS`, choices in a list of their own. */
export const LAYOUT: Partial<Help> = {
  showGlobalOptions: false,
  padWidth(command, helper) {
    const terms = [
      ...helper.visibleOptions(command).map((option) => helper.optionTerm(option)),
      ...helper.visibleArguments(command).map((argument) => helper.argumentTerm(argument)),
      ...helper.visibleCommands(command).map((sub) => helper.subcommandTerm(sub)),
    ];
    return Math.max(0, ...terms.map(({ length }) => length).filter((length) => length <= MOST_TERM));
  },
  subcommandTerm: (command) => command.name(),
  optionDescription,
  groupItems,
  formatItem,
};

function optionDescription(option: Option): string {
  const { argChoices: choices = [], description, defaultValue } = option;
  const plain = new Help();
  const words = CHOICES[option.name()] ?? CHOICES[nameAsTyped(option)];
  if (choices.length === 0 || !words) return plain.optionDescription(option);
  const byDefault = defaultValue === undefined ? '' : ` (default: ${defaultValue})`;
  const width = Math.max(...choices.map(({ length }) => length));
  return [
    `${description}${byDefault}`,
    ...choices.map((choice) => `  ${choice.padEnd(width)}  ${words[choice] ?? ''}`),
  ].join('\n');
}

/** `no-delete` of `--no-delete`, which commander names `delete`. */
export function nameAsTyped(option: Option): string {
  return (option.long ?? option.short ?? '').replace(/^-+/, '');
}

function groupItems<T extends Command | Option>(
  unsorted: T[],
  visible: T[],
  groupOf: (item: T) => string,
): Map<string, T[]> {
  const found = Map.groupBy([...unsorted.filter((item) => visible.includes(item)), ...visible], groupOf);
  const headings = [...new Set([...Object.values(VERBS).map(({ group }) => group), ...Object.keys(OPTION_GROUPS)])];
  const order = [...headings, ...found.keys()];
  const sorted = [...found].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return new Map(sorted.map(([heading, items]) => [heading, inOrder([...new Set(items)], heading)]));
}

function inOrder<T extends Command | Option>(items: T[], heading: string): T[] {
  const names = OPTION_GROUPS[heading] ?? [];
  const place = (item: T) => {
    const found = 'long' in item ? names.indexOf(nameAsTyped(item)) : Object.keys(VERBS).indexOf(item.name());
    return found < 0 ? Number.MAX_SAFE_INTEGER : found;
  };
  return items.sort((a, b) => place(a) - place(b));
}

function formatItem(this: Help, term: string, termWidth: number, description: string, helper: Help): string {
  const margin = ' '.repeat(INDENT + termWidth + GAP);
  const width = Math.max(helper.minWidthToWrap, (helper.helpWidth ?? 80) - margin.length);
  const [first = '', ...rest] = description.split('\n').flatMap((line) => wrap(line, width));
  const lines = rest.map((line) => `\n${margin}${line}`.trimEnd());
  const indented = `${' '.repeat(INDENT)}${term}`;
  if (description === '') return indented;
  const begin = term.length > termWidth ? `${indented}\n${margin}` : indented.padEnd(margin.length);
  return `${begin}${first}${lines.join('')}`;
}

/** What is left of a list's line continues below its second column. */
function wrap(line: string, width: number): string[] {
  const [column = ''] = /^ {2}\S+ {2,}/.exec(line) ?? [];
  const words = line.slice(column.length).split(' ');
  const lines: string[] = [];
  let current = column;
  for (const word of words) {
    const isEmpty = current.trim() === '' || current === column;
    if (!isEmpty && current.length + 1 + word.length > width) {
      lines.push(current);
      current = ' '.repeat(column.length) + word;
    } else current += isEmpty ? word : ` ${word}`;
  }
  return [...lines, current];
}
