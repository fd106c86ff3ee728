import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

const ROOT = join(__dirname, '..');
const TOP = 'bench|bin|cli|docs|examples|lambdas|lib|local|permissions|prove|scripts|statemachine|test|wording';
/** `lambdas/engine/keys/`, `docs/safety.md`: a path of the repository between backticks. */
const PATH = new RegExp(`\`((?:${TOP})/[\\w./-]*)\``, 'g');
/** `[name](path#heading)` */
const LINK = /\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)\s]*)?\)/g;
/** `[name](path#heading)`, `[name](#heading)` */
const HEADING_LINK = /\]\((?!https?:|mailto:)([^)#\s]*)#([^)\s]+)\)/g;
/** A path in a comment, which has no backticks round it: only whole names of files. */
const NAMED = new RegExp(`(?<![\\w./-])((?:${TOP})/[\\w./-]+\\.(?:ts|md|json|asl|test))\\b`, 'g');
/** Folders that hold no code of ours, or are made up. */
const LEFT_OUT = /^(node_modules|dist|cdk\.out)\/|\/(node_modules|fixtures)\//;

const pages = globSync(
  '{*.md,{bench,cli,docs,examples,lambdas,lib,local,permissions,prove,scripts,statemachine,test,wording}/**/*.md}',
  {
    cwd: ROOT,
  },
).filter((file) => !LEFT_OUT.test(file));
const sources = globSync(
  '{bench,bin,cli,lambdas,lib,local,permissions,prove,scripts,statemachine,test,wording}/**/*.ts',
  {
    cwd: ROOT,
  },
).filter((file) => !LEFT_OUT.test(file) && !/^test\/(architecture|docs)\.test\.ts$/.test(file));

/** Folders with code, but for those whose files are all named by the page of the folder above. */
const ROOMS = globSync('{lambdas,cli}/**/*.ts', { cwd: ROOT })
  .map((file) => posix.dirname(file))
  .concat('lib', 'local', 'local/s3', 'permissions', 'prove', 'statemachine', 'statemachine/input', 'wording', 'bench')
  .concat('test/engine', 'test/mirror', 'test/s3');

describe('the documentation', () => {
  it.each(pages)('links only to files that exist: %s', (page) => {
    const targets = [...read(page).matchAll(LINK)].map(([, target = '']) => target);
    expect(targets.filter((target) => !existsSync(join(ROOT, dirname(page), decodeURI(target))))).toEqual([]);
  });

  it.each(pages)('links only to headings that exist: %s', (page) => {
    const targets = [...read(page).matchAll(HEADING_LINK)].map(([, file, heading = '']) => [
      file ? posix.join(posix.dirname(page), file) : page,
      heading,
    ]);
    const broken = targets.filter(
      ([file = '', heading = '']) => file.endsWith('.md') && !anchorsOf(read(file)).has(heading),
    );
    expect(broken).toEqual([]);
  });

  it('shows in README.md only numbers that were measured', () => {
    const [table = ''] = read('README.md').match(/\| measured[\s\S]*?\n\n/) ?? [];
    const numbers = [...table.matchAll(/\*\*([\d,.]+(?: [a-zA-Z]+)?)\*\*/g)].map(([, number = '']) => number);
    const cells = new Set(read('docs/performance.md').split(/\s*\|\s*/));
    expect(numbers.length).toBeGreaterThanOrEqual(3);
    expect(numbers.filter((number) => !cells.has(number))).toEqual([]);
  });

  it('explains each reason for which an object is copied', () => {
    const reasons = [...read('lambdas/engine/compare/compare.ts').matchAll(/= copy\('([a-z]+)'\)/g)].map(
      ([, reason]) => reason,
    );
    const page = read('docs/command-line.md');
    expect(reasons.length).toBeGreaterThan(5);
    expect(reasons.filter((reason) => !page.includes(`\`${reason}\``))).toEqual([]);
  });

  it.each(pages)('names only paths that exist: %s', (page) => {
    expect(missing(read(page), PATH)).toEqual([]);
  });

  it('names only existing files in comments', () => {
    const comments = (text: string) => (text.match(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm) ?? []).join('\n');
    expect(sources.flatMap((file) => missing(comments(read(file)), NAMED).map((path) => `${file}: ${path}`))).toEqual(
      [],
    );
  });

  it.each([...new Set(ROOMS)])('says in ten lines what %s is for, with its invariant and a test', (room) => {
    const page = read(`${room}/README.md`);
    expect(page.trimEnd().split('\n').length).toBeLessThanOrEqual(10);
    expect(page).toMatch(/^\*\*Invariant:\*\* .+\n\*\*Held by\*\* .*\.test\.ts\)/m);
  });
});

/** As GitHub makes them of headings. */
function anchorsOf(text: string): Set<string> {
  const headings = text.replace(/^```[\s\S]*?^```/gm, '').match(/^#{1,6} .*$/gm) ?? [];
  const plain = headings.map((line) => line.replace(/^#+ /, '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'));
  return new Set(
    plain.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function missing(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, path = '']) => path).filter((path) => !existsSync(join(ROOT, path)));
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
