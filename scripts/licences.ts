import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licences that let us pass a package on inside of ours, if its text and notices go with it. */
const ALLOWED = new Set(['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0']);

/**
 * What the licences of bundled packages ask to go with them: name, version, and the texts of licence and notices of each.
 *
 * @param modules  files of the bundles, as esbuild names them
 * @throws Error  a package has a licence that is not on the list, or none
 */
export function collectLicences(root: string, modules: readonly string[]): string {
  const folders = modules.flatMap((module) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? []);
  return [...new Set(folders)]
    .map((folder) => describePackage(join(root, folder)))
    .sort()
    .join('\n\n');
}

function describePackage(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (!isAllowed(license)) {
    throw new Error(
      `Expected ${name} ${version} to have one of the licences ${[...ALLOWED].join(', ')}, got ${JSON.stringify(license)}: ` +
        'do without the package, or have its licence looked at and add it to scripts/licences.ts',
    );
  }
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[sc]e|copying|notice)(\W|$)/i.test(file))
    .sort()
    .map((file) => `\n\n${readFileSync(join(folder, file), 'utf8').trim()}`);
  return `${name} ${version} (${license})${texts.join('')}`;
}

/** `A OR B` leaves us the choice, `A AND B` does not. */
function isAllowed(license: unknown): boolean {
  if (typeof license !== 'string') return false;
  const choices = license.replace(/^\((.*)\)$/, '$1').split(' OR ');
  return choices.some((choice) => choice.split(' AND ').every((name) => ALLOWED.has(name)));
}
