import type { CompletedOption, CompletedVerb } from './completed';

export function powershellCompletion(verbs: readonly CompletedVerb[]): string {
  return `# PowerShell completion for bucketsync
Register-ArgumentCompleter -Native -CommandName bucketsync -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $verbs = [ordered]@{
${verbs.map(describeVerb).join('\n')}
  }
  $typed = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  $verb = $typed | Where-Object { $verbs.Contains($_) } | Select-Object -First 1
  $found = if ($null -eq $verb) {
    $verbs.Keys | ForEach-Object { ,@($_, $verbs[$_].About) }
  } else {
    $option = if ($typed.Count -gt 0) { $verbs[$verb].Options[$typed[-1]] }
    if ($option -and $option.Takes) { $option.Values | ForEach-Object { ,@($_, $_) } }
    else {
      $verbs[$verb].Words | ForEach-Object { ,@($_, $_) }
      $verbs[$verb].Options.Keys | ForEach-Object { ,@($_, $verbs[$verb].Options[$_].About) }
    }
  }
  $found | Where-Object { $_ -and $_[0] -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1])
  }
}
`;
}

function describeVerb({ name, about, options, words }: CompletedVerb): string {
  const lines = options.flatMap((option) =>
    option.names.map((typed) => `      ${quoted(typed)} = ${describeOption(option)}`),
  );
  return `    ${quoted(name)} = @{ About = ${quoted(about)}; Words = ${list(words)}; Options = [ordered]@{\n${lines.join('\n')}\n    } }`;
}

function describeOption({ about, takes }: CompletedOption): string {
  const values = typeof takes === 'string' ? [] : takes;
  return `@{ About = ${quoted(about)}; Takes = $${takes !== 'nothing'}; Values = ${list(values)} }`;
}

function list(words: readonly string[]): string {
  return `@(${words.map(quoted).join(', ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
