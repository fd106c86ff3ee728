import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

const ROOT = join(__dirname, '..');
const TOP = 'bench|bin|cli|docs|examples|lambdas|lib|local|permissions|prove|scripts|statemachine|test|wording';
/** `lambdas/engine/keys/`, `docs/safety.md`: a path of the repository between backticks. */
const PATH = new RegExp(`\`((?:${TOP})/[\\w./-]*)\``, 'g');
/** `[name](path#heading)` */
const LINK = /\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)\s]*)?\)/g;
/** The same in a comment, which has no backticks round it: only whole names of files. */
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
  it.each(pages)('links only to files that there are: %s', (page) => {
    const targets = [...read(page).matchAll(LINK)].map(([, target = '']) => target);
    expect(targets.filter((target) => !existsSync(join(ROOT, dirname(page), decodeURI(target))))).toEqual([]);
  });

  it.each(pages)('names only paths that there are: %s', (page) => {
    expect(missing(read(page), PATH)).toEqual([]);
  });

  it('names only files that there are in comments', () => {
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

function missing(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, path = '']) => path).filter((path) => !existsSync(join(ROOT, path)));
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
