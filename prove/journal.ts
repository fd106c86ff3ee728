import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';

/** Something in the account that must not stay. */
export interface Resource {
  readonly kind: 'bucket' | 'role' | 'stack' | 'key';
  /** Begins with the name of the proof. */
  readonly name: string;
  readonly region: string;
}

/** The account and endpoint of a proof, so that it is cleaned up there and nowhere else. */
export interface Place {
  /** `bucketsync-prove-` and 8 characters. The name of everything that it creates begins with this. */
  readonly name: string;
  /** Undefined if the server has no STS. */
  readonly account?: string;
  readonly region: string;
  readonly endpoint?: string;
}

interface Head extends Place {
  readonly pid: number;
  readonly host: string;
}

export const NAME = /^bucketsync-prove-[a-z0-9]{8}$/;
const SUFFIX = '.journal';

/**
 * A file that names each resource before it is created: one JSON document a line. It is on the disk
 * when `note` returns, so a process that is killed leaves nothing that the file does not name.
 */
export class Journal {
  readonly #left = new Map<string, Resource>();

  private constructor(
    readonly file: string,
    readonly head: Head,
  ) {}

  static create(folder: string, place: Place): Journal {
    mkdirSync(folder, { recursive: true });
    const journal = new Journal(join(folder, `${place.name}${SUFFIX}`), {
      ...place,
      pid: process.pid,
      host: hostname(),
    });
    journal.#append({ head: journal.head }, 'wx');
    syncFolder(folder);
    return journal;
  }

  /** All that are in a folder. @throws Error  a file is not a journal, or names something that no proof creates */
  static readAll(folder: string): Journal[] {
    return listJournals(folder).flatMap((file) => Journal.#read(join(folder, file)));
  }

  static #read(file: string): Journal[] {
    // The process may have been killed while it wrote. Then the last resource that it noted was not created yet.
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    const [first, ...others] = lines.map((line) => JSON.parse(line));
    if (first === undefined) {
      rmSync(file);
      return [];
    }
    const journal = new Journal(file, first.head);
    requireOwnName(journal.head.name, { name: journal.head.name });
    for (const { made, gone } of others) {
      if (made) journal.#left.set(keyOf(made), made);
      if (gone) journal.#left.delete(keyOf(gone));
    }
    for (const resource of journal.left) requireOwnName(journal.head.name, resource);
    return [journal];
  }

  /** Resources that exist or may exist, the newest first. */
  get left(): Resource[] {
    return [...this.#left.values()].reverse();
  }

  /** Whether the process that wrote it still runs on this machine. */
  get isInUse(): boolean {
    const { pid, host } = this.head;
    if (host !== hostname() || pid === process.pid) return false;
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
  }

  note(resource: Resource): void {
    requireOwnName(this.head.name, resource);
    this.#append({ made: resource });
    this.#left.set(keyOf(resource), resource);
  }

  noteGone(resource: Resource): void {
    this.#append({ gone: resource });
    this.#left.delete(keyOf(resource));
  }

  /** Removes the file, if nothing is left. */
  close(): void {
    if (this.#left.size === 0) rmSync(this.file, { force: true });
  }

  #append(line: object, flags = 'a'): void {
    const file = openSync(this.file, flags, 0o600);
    writeSync(file, `${JSON.stringify(line)}\n`);
    fsyncSync(file);
    closeSync(file);
  }
}

/** Only such names are ever removed, whatever a journal says. */
function requireOwnName(proof: string, { name }: Pick<Resource, 'name'>): void {
  if (NAME.test(proof) && (name === proof || /^[-.]/.test(name.slice(proof.length))) && name.startsWith(proof)) return;
  throw new Error(`Expected the journal of a proof to name what it made, bucketsync-prove-…, got "${name}"`);
}

function keyOf({ kind, name, region }: Resource): string {
  return `${kind} ${name} ${region}`;
}

function listJournals(folder: string): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith(SUFFIX));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function syncFolder(folder: string): void {
  for (const path of [folder, dirname(folder)]) {
    const file = openSync(path, 'r');
    fsyncSync(file);
    closeSync(file);
  }
}
