import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the licences of bundled packages ask to go with them: name, version and the licence's text of each.
 *
 * @param modules  files of the bundles, as esbuild names them
 * @throws Error  a package comes with no licence
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
  if (typeof license !== 'string') throw new Error(`Expected ${name} to name its licence, got ${license}`);
  const [file] = globSync('{LICENSE,LICENCE,license,licence}*', { cwd: folder });
  const text = file === undefined ? '' : `\n\n${readFileSync(join(folder, file), 'utf8').trim()}`;
  return `${name} ${version} (${license})${text}`;
}
