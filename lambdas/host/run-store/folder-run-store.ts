import { createHash, randomUUID } from 'node:crypto';
import { chmod, constants, copyFile, link, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { ReportLocationError } from '../../../statemachine/errors';
import type { RunStore } from '../../engine/ports/run-store';
import { ANOTHER_PLACE } from './another-place';
import { makeFolders } from './make-folders';

/** Name of a file that is being written. A killed process leaves it behind. */
const DRAFT = '.draft';

// reports contain the keys of both buckets, which other users of the machine may not be allowed to list
const OWNERS_FILE = 0o600;
const OWNERS_FOLDER = 0o700;

/** A run store in a folder of this machine. Files appear complete or not at all, and only their owner can read them. */
export class FolderRunStore implements RunStore {
  constructor(private readonly folder: string) {}

  locate(name: string): string {
    return join(this.folder, name);
  }

  async put(name: string, body: string | Uint8Array): Promise<void> {
    await this.#write(name, body, rename);
  }

  async get(name: string) {
    const path = this.locate(name);
    const [body, written] = await Promise.all([readFile(path).catch(this.#absent), stat(path).catch(this.#absent)]);
    if (body === undefined) return undefined;
    const version = createHash('sha256').update(body).digest('hex');
    return { body, version, writtenAt: written?.mtimeMs, now: Date.now() };
  }

  async putIfAbsent(name: string, body: string | Uint8Array): Promise<boolean> {
    try {
      await this.#write(name, body, linkOrCopy); // unlike a rename, a link fails if the name exists
      return true;
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false;
      throw error;
    }
  }

  replace(name: string, body: string, version: string | undefined): Promise<boolean> {
    if (version === undefined) return this.putIfAbsent(name, body);
    return this.#ifStill(name, version, () => this.put(name, body));
  }

  deleteVersion(name: string, version: string): Promise<boolean> {
    return this.#ifStill(name, version, () => this.delete(name));
  }

  async delete(name: string): Promise<void> {
    await rm(this.locate(name), { force: true });
  }

  async list(prefix: string, after = ''): Promise<string[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const names = (await readdir(this.locate(folder)).catch(this.#absent)) ?? [];
    return names
      .map((name) => `${folder}${name}`)
      .filter((name) => name.startsWith(prefix) && name > after && !name.endsWith(DRAFT))
      .sort()
      .slice(0, 1000);
  }

  /** If two processes take over the same lock of an ended run, only one of them can create the marker. */
  async #ifStill(name: string, version: string, change: () => Promise<void>): Promise<boolean> {
    const marker = `${name}.${version}`;
    if (!(await this.putIfAbsent(marker, ''))) return false;
    try {
      if ((await this.get(name))?.version !== version) return false;
      await change();
      return true;
    } finally {
      await this.delete(marker);
    }
  }

  /** Also restricts `runs/` and the like if an earlier version did not. The store's own folder may be shared on purpose. */
  async #makeFolder(path: string): Promise<void> {
    const hasCreated = await makeFolders(path, OWNERS_FOLDER);
    const [top = ''] = relative(this.folder, path).split(sep);
    if (hasCreated && top !== '') await chmod(join(this.folder, top), OWNERS_FOLDER);
  }

  async #write(
    name: string,
    body: string | Uint8Array,
    place: (from: string, to: string) => Promise<void>,
  ): Promise<void> {
    const path = this.locate(name);
    const draft = `${path}.${randomUUID()}${DRAFT}`;
    try {
      await this.#makeFolder(dirname(path));
      await writeFile(draft, body, { mode: OWNERS_FILE });
      await place(draft, path);
    } catch (error) {
      throw isCode(error, 'EEXIST') ? error : this.#unusable('write to', error);
    } finally {
      await rm(draft, { force: true }).catch(() => {});
    }
  }

  #unusable(what: string, cause: unknown): ReportLocationError {
    return new ReportLocationError(
      `Could not ${what} ${this.folder}, where reports and locks are kept: ${(cause as Error).message}. ${ANOTHER_PLACE}`,
      { cause },
    );
  }

  /** For reads: nothing exists, or nothing can be known. */
  readonly #absent = (error: unknown): undefined => {
    if (!isCode(error, 'ENOENT') && !isCode(error, 'ENOTDIR')) throw this.#unusable('read from', error);
  };
}

/** Some file systems have no links. Then a copy is used, which a reader may see half written. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].some((code) => isCode(error, code))) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
