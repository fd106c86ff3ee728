import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

/** Commands of a page that stand together. */
export interface Fence {
  readonly page: string;
  /** As a shell reads it; several lines. */
  readonly script: string;
}

/** Pages that users read. */
export const PAGES = globSync('{README.md,docs/**/*.md,examples/**/README.md}', {
  cwd: ROOT,
  exclude: ['**/node_modules/**'],
}).sort();

/** What the pages tell people to type, in their order. */
export function readFences(): Fence[] {
  return PAGES.flatMap((page) =>
    [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```(?:sh|bash|console)\n(.*?)^```/gms)].map(
      ([, script = '']) => ({ page, script }),
    ),
  );
}
