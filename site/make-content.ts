import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeCommandsPage } from './commands-page';
import { makeErrorsPage } from './errors-page';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CONTENT = fileURLToPath(new URL('content', import.meta.url));
/** `[name](path#heading)`, `![name](path)` */
const LINK = /(!?)\[([^\]]*)\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)/g;

/** Collects what the site shows: the pages of `docs/`, and a reference made from the code. */
function main(): void {
  rmSync(CONTENT, { recursive: true, force: true });
  cpSync(join(ROOT, 'docs'), CONTENT, { recursive: true });
  for (const page of globSync('**/*.md', { cwd: CONTENT })) {
    const text = readFileSync(join(CONTENT, page), 'utf8');
    writeFileSync(join(CONTENT, page), withoutOuterLinks(page, text));
  }
  mkdirSync(join(CONTENT, 'reference'), { recursive: true });
  writeFileSync(join(CONTENT, 'reference/commands.md'), makeCommandsPage());
  writeFileSync(join(CONTENT, 'reference/errors.md'), makeErrorsPage());
  cpSync(fileURLToPath(new URL('index.md', import.meta.url)), join(CONTENT, 'index.md'));
}

/** The site has no page of a source file: such a link becomes the file's path. A link to a folder of `docs/` is one, too. */
function withoutOuterLinks(page: string, text: string): string {
  return text.replace(LINK, (whole, image: string, name: string, path: string) => {
    const target = posix.normalize(posix.join('docs', dirname(page), path));
    if (image || (target.startsWith('docs/') && /\.(md|svg|png)$/.test(target))) return whole;
    return target === `docs/${name}` || name === target ? name : `${name} (\`${target}\`)`;
  });
}

main();
