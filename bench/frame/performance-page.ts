import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchDocument } from './document';
import { documentToMarkdown } from './markdown';
import type { AnySuite } from './suite';

const ROOT = join(__dirname, '../..');
export const PAGE = join(ROOT, 'docs/performance.md');

/** Where the last saved document of a suite is; its part of the page is made of it. */
function savedFile(suite: string): string {
  return join(ROOT, 'docs/performance', `${suite}.json`);
}

export function readSaved(suite: string): BenchDocument<object> | undefined {
  const file = savedFile(suite);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

export function save(document: BenchDocument<object>): void {
  writeFileSync(savedFile(document.suite), `${JSON.stringify(document, undefined, 2)}\n`);
}

/**
 * The page with the saved numbers in it: what stands between `<!-- bench NAME -->` and `<!-- end NAME -->` is replaced.
 *
 * @throws Error  the page has no place for a suite that has saved results
 */
export function fillPage(page: string, suites: readonly AnySuite[]): string {
  return suites.reduce((text, suite) => {
    const document = readSaved(suite.name);
    return document ? fillPart(text, suite.name, documentToMarkdown(suite, document)) : text;
  }, page);
}

function fillPart(page: string, name: string, content: string): string {
  const [begin, end] = [`<!-- bench ${name} -->`, `<!-- end ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`Expected ${begin} and ${end} in docs/performance.md`);
  return `${page.slice(0, from + begin.length)}\n\n${content}\n\n${page.slice(to)}`;
}

export function writePage(suites: readonly AnySuite[]): void {
  writeFileSync(PAGE, fillPage(readFileSync(PAGE, 'utf8'), suites));
}
