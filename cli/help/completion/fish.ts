import type { CompletedOption, CompletedVerb } from './completed';

export function fishCompletion(verbs: readonly CompletedVerb[]): string {
  return [
    '# fish completion for bucketsync',
    'complete -c bucketsync -e',
    'complete -c bucketsync -f',
    "complete -c bucketsync -n __fish_use_subcommand -s h -l help -d 'show this help'",
    "complete -c bucketsync -n __fish_use_subcommand -s V -l version -d 'output the version number'",
    ...verbs.map(({ name, about }) => `complete -c bucketsync -n __fish_use_subcommand -a ${name} -d ${quoted(about)}`),
    ...verbs.flatMap(describeVerb),
    '',
  ].join('\n');
}

function describeVerb({ name, options, words }: CompletedVerb): string[] {
  const within = `complete -c bucketsync -n '__fish_seen_subcommand_from ${name}'`;
  const argument = words.length > 0 ? [`${within} -a ${quoted(words.join(' '))}`] : [];
  return [...argument, ...options.map((option) => `${within} ${describeOption(option)}`)];
}

function describeOption({ names, about, takes }: CompletedOption): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return [...flags, describeValue(takes), `-d ${quoted(about)}`].filter((part) => part !== '').join(' ');
}

function describeValue(takes: CompletedOption['takes']): string {
  if (takes === 'nothing') return '';
  if (takes === 'text') return '-x';
  return takes === 'file' ? '-r -F' : `-x -a ${quoted(takes.join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
