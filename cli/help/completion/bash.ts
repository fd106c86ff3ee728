import type { CompletedOption, CompletedVerb } from './completed';

/** Plain bash, also the one of macOS (3.2). It evaluates nothing that was typed. */
export function bashCompletion(verbs: readonly CompletedVerb[]): string {
  return `# bash completion for bucketsync
_bucketsync() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="" verb="" options="" words="" i
  (( COMP_CWORD > 0 )) && prev="\${COMP_WORDS[COMP_CWORD-1]}"
  # bash takes --name=value for three words
  if [ "$cur" = "=" ]; then cur=""
  elif [ "$prev" = "=" ] && (( COMP_CWORD > 1 )); then prev="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  COMPREPLY=()
  for (( i = 1; i < COMP_CWORD; i++ )); do
    case "\${COMP_WORDS[i]}" in
      ${verbs.map(({ name }) => name).join('|')}) verb="\${COMP_WORDS[i]}"; break ;;
    esac
  done
  case "$verb" in
    "") words="${verbs.map(({ name }) => name).join(' ')}"; options="--help --version" ;;
${verbs.map(describeVerb).join('\n')}
  esac
  case "$verb $prev" in
${valueCases(verbs).join('\n')}
  esac
  case "$cur" in
    -*) COMPREPLY=( $(compgen -W "$options" -- "$cur") ) ;;
    *) COMPREPLY=( $(compgen -W "$words" -- "$cur") ) ;;
  esac
}
complete -F _bucketsync bucketsync
`;
}

function describeVerb({ name, options, words }: CompletedVerb): string {
  const names = options.flatMap((option) => option.names).filter((option) => option.startsWith('--'));
  return `    ${name}) words="${words.join(' ')}"; options="${names.join(' ')}" ;;`;
}

/** Options with the same values share a case. */
function valueCases(verbs: readonly CompletedVerb[]): string[] {
  const places = verbs.flatMap(({ name, options }) =>
    options.flatMap((option) => option.names.map((typed) => ({ place: `"${name} ${typed}"`, option }))),
  );
  const byReply = Map.groupBy(places, ({ option }) => reply(option));
  return [...byReply].flatMap(([line, found]) =>
    line === undefined ? [] : [`    ${found.map(({ place }) => place).join('|')}) ${line}; return ;;`],
  );
}

function reply({ takes }: CompletedOption): string | undefined {
  if (takes === 'nothing') return undefined;
  if (takes === 'text') return ':';
  if (takes === 'file') return 'compopt -o filenames 2>/dev/null; COMPREPLY=( $(compgen -f -- "$cur") )';
  return `COMPREPLY=( $(compgen -W "${takes.join(' ')}" -- "$cur") )`;
}
