import { fieldSchemas, optionName } from './option-name';

/**
 * Rewrites what a message says about fields of the input for somebody who types options:
 *
 * | in a message | on the screen |
 * | --- | --- |
 * | `` `"maxDeletes": 9`, on the command line `--max-deletes 9` `` | `` `--max-deletes 9` `` |
 * | `` set `allowEmptySource` to true `` | `` add `--allow-empty-source` `` |
 * | `` set `tags` to "ignore" `` | `` add `--tags ignore` `` |
 * | `` `tags: "ignore"` (`--tags ignore`) `` | `` `--tags ignore` `` |
 * | `` `maxDeletes` `` | `` `--max-deletes` `` |
 */
export function inFlags(text: string): string {
  return text
    .replace(/`"\w+": [^`]*`, on the command line (`[^`]*`)/g, '$1')
    .replace(/\b(s|S)et `(\w+)` to true\b/g, (whole, [s], field) =>
      isField(field) ? `${s === 'S' ? 'Add' : 'add'} \`${optionName(field)}\`` : whole,
    )
    .replace(/\b(s|S)et `(\w+)` to "([^"]*)"(?! or)/g, (whole, [s], field, value) =>
      isField(field) ? `${s === 'S' ? 'Add' : 'add'} \`${optionName(field)} ${value}\`` : whole,
    )
    .replace(/`(\w+): "([^"`]*)"`/g, (whole, field, value) =>
      isField(field) ? `\`${optionName(field)} ${value}\`` : whole,
    )
    .replace(/`(\w+)`/g, (whole, field) => (isField(field) ? `\`${optionName(field)}\`` : whole))
    .replace(/(`--[^`]*`) \(\1\)/g, '$1');
}

function isField(word: string): boolean {
  return Object.hasOwn(fieldSchemas(), word);
}
