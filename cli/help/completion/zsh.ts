import type { CompletedOption, CompletedVerb } from './completed';

/** A file for zsh's `fpath`, or to be sourced. */
export function zshCompletion(verbs: readonly CompletedVerb[]): string {
  return `#compdef bucketsync
# zsh completion for bucketsync
_bucketsync() {
  local curcontext="$curcontext" state line
  local -a commands
  commands=(
${verbs.map(({ name, about }) => `    ${quoted(`${name}:${about}`)}`).join('\n')}
  )
  _arguments -C '(- *)'{-h,--help}'[show this help]' '(- *)'{-V,--version}'[output the version number]' '(-): :->command' '(-)*:: :->arguments'
  case $state in
    command) _describe -t commands command commands ;;
    arguments)
      case $words[1] in
${verbs.map(describeVerb).join('\n')}
      esac ;;
  esac
}
if [ "$funcstack[1]" = "_bucketsync" ]; then _bucketsync "$@"; else compdef _bucketsync bucketsync; fi
`;
}

function describeVerb({ name, options, words }: CompletedVerb): string {
  const specs = options.flatMap((option) => option.names.map((typed) => describeOption(typed, option)));
  // without one, zsh would offer files in the place of buckets
  const argument = words.length > 0 ? `'1:word:(${words.join(' ')})'` : `'*:argument:()'`;
  return `        ${name}) _arguments ${[...specs, argument].join(' ')} ;;`;
}

/** An option that may be repeated begins with `*`. */
function describeOption(typed: string, { about, takes }: CompletedOption): string {
  const value =
    takes === 'nothing' ? '' : `:value:${takes === 'file' ? '_files' : takes === 'text' ? ' ' : list(takes)}`;
  const long = typed.startsWith('--') && takes !== 'nothing' ? `${typed}=` : typed;
  return quoted(`*${long}[${about.replace(/[[\]]/g, '\\$&')}]${value}`);
}

function list(choices: readonly string[]): string {
  return `(${choices.map((choice) => choice.replaceAll(':', '\\:')).join(' ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
