import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder';
import type { Mutant } from './mutant';

const ROOT = resolve(__dirname, '../..');
const LEFT_OUT = new Set(['node_modules', '.git', 'dist', 'cdk.out']);

/** A copy of the project that can be broken, one bug at a time. */
export class Tree {
  readonly folder = temporaryFolder();

  constructor() {
    cpSync(ROOT, this.folder, { recursive: true, filter: (path) => !LEFT_OUT.has(relative(ROOT, path)) });
    mkdirSync(join(this.folder, 'tmp'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
  }

  /** @throws Error  the place is not there exactly once: the list is out of date */
  async whileBroken<T>({ bug, file, search, replace }: Mutant, work: () => Promise<T>): Promise<T> {
    const path = join(this.folder, file);
    const source = readFileSync(path, 'utf8');
    const places = source.split(search);
    if (places.length !== 2) {
      throw new Error(
        `"${bug}": expected ${JSON.stringify(search)} once in ${file}, got it ${places.length - 1} times`,
      );
    }
    writeFileSync(path, places.join(replace));
    try {
      return await work();
    } finally {
      writeFileSync(path, source);
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
