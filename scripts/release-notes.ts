/**
 * Prints what CHANGELOG.md says about a version, and fails if the tag, package.json and CHANGELOG.md do not agree:
 * `node --import ./bin/tsx.mjs scripts/release-notes.ts v0.2.0`
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../package.json';

const CHANGELOG = join(__dirname, '../CHANGELOG.md');

/** @throws Error  the tag is not that of the version, or the changelog has no such section */
export function releaseNotes(tag: string, packaged: string, changelog: string): string {
  if (tag !== `v${packaged}`)
    throw new Error(`Expected the tag v${packaged}, as package.json has version ${packaged}; got ${tag}`);
  const sections = changelog.split(/^## /m);
  const section = sections.find((text) => text.startsWith(`[${packaged}]`));
  const notes = section?.slice(section.indexOf('\n')).trim();
  if (!notes) throw new Error(`Expected CHANGELOG.md to have a section "## [${packaged}] - date" with some text`);
  return `${notes}\n`;
}

if (require.main === module)
  process.stdout.write(releaseNotes(process.argv[2] ?? '', version, readFileSync(CHANGELOG, 'utf8')));
