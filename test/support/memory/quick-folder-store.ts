import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { FolderRunStore } from '../../../lambdas/host/run-store/folder-run-store';

/**
 * The same files in the same folder, written and read without threads, which takes a tenth of the time. Only for runs of this
 * process: another one could see half of a file. What goes wrong is done again as on a user's machine, for its error.
 */
export class QuickFolderStore extends FolderRunStore {
  override async put(name: string, body: string | Uint8Array): Promise<void> {
    if (!this.#write(name, body, 'w')) await super.put(name, body);
  }

  override async putIfAbsent(name: string, body: string | Uint8Array): Promise<boolean> {
    return this.#write(name, body, 'wx') || super.putIfAbsent(name, body);
  }

  override async get(name: string) {
    const path = this.locate(name);
    try {
      if (this.#isAbsent(name)) return undefined;
      const body = readFileSync(path);
      const version = createHash('sha256').update(body).digest('hex');
      return { body, version, writtenAt: statSync(path).mtimeMs, now: Date.now() };
    } catch {
      return super.get(name);
    }
  }

  override async delete(name: string): Promise<void> {
    rmSync(this.locate(name), { force: true });
  }

  override async list(prefix: string, after = ''): Promise<string[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    try {
      if (this.#isAbsent(folder)) return [];
      return readdirSync(this.locate(folder))
        .map((name) => `${folder}${name}`)
        .filter((name) => name.startsWith(prefix) && name > after)
        .sort()
        .slice(0, 1000);
    } catch {
      return super.list(prefix, after);
    }
  }

  /** Without an error, of which each takes longer than a file. */
  #isAbsent(name: string): boolean {
    return statSync(this.locate(name), { throwIfNoEntry: false }) === undefined;
  }

  #write(name: string, body: string | Uint8Array, flag: 'w' | 'wx'): boolean {
    const path = this.locate(name);
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, body, { flag });
      return true;
    } catch {
      return false;
    }
  }
}
