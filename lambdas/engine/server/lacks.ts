import { createHash } from 'node:crypto';
import { describeLack, type FoundLack, type Lack, NO_LACKS } from '../../../statemachine/lacks';
import type { Host } from '../ports/host';
import type { KnownLacks } from '../ports/known-lacks';
import type { RunStore } from '../ports/run-store';
import { runFolder } from '../ports/run-store';

/** The folder of lacks that are remembered for longer than a run. */
export const LACKS_FOLDER = 'lacks/';

/** After this time, the server may have been updated. */
const REMEMBERED_MS = 30 * 86_400_000;

type Place = Pick<Host, 'runStore' | 'trustsListings' | 'endpoint' | 'now'>;

interface About {
  readonly id: string;
  readonly input: { readonly destination: string };
}

/**
 * What the servers of a run were found to lack, so that each missing feature is tried only once. It is kept in the run store,
 * where the run's other Tasks and `FinishRun` find it. AWS lacks nothing: there, every rejected request is an error.
 */
export class Lacks implements KnownLacks {
  readonly #found = new Set<string>();
  /** Found by an earlier run. This run reports it only if it makes a difference. */
  readonly #remembered = new Set<string>();
  readonly #givenUp = new Set<string>();
  readonly #firsts = new Map<string, Promise<unknown>>();
  readonly #writes: Promise<unknown>[] = [];

  private constructor(
    private readonly store: RunStore,
    private readonly folder: string,
    private readonly lasting: string,
  ) {}

  /**
   * @param tried  operations that an earlier Task of the run has tried: what the server lacks for them is known, so no request waits
   * @returns undefined if the server is AWS
   */
  static async open(run: About, host: Place, tried: readonly string[] = []): Promise<Lacks | undefined> {
    if (host.trustsListings) return undefined;
    const lacks = new Lacks(host.runStore, lacksFolder(run.id), lastingFolder(run, host));
    for (const operation of tried) lacks.#firsts.set(operation, Promise.resolve());
    const [found, remembered] = await Promise.all([host.runStore.list(lacks.folder), lacks.#readLasting(host)]);
    for (const name of found) lacks.#found.add(lackOf(name));
    for (const name of remembered) lacks.#remembered.add(name);
    return lacks;
  }

  has(lack: Lack): boolean {
    if (this.#found.has(lack)) return true;
    if (!this.#remembered.has(lack)) return false;
    this.add(lack);
    return true;
  }

  /** @param said  the server's answer */
  add(lack: Lack, said?: unknown, { lasting = false } = {}): void {
    const isNew = !this.#found.has(lack);
    this.#found.add(lack);
    const text = `${JSON.stringify({ lack, said: said instanceof Error ? said.message : undefined })}\n`;
    if (isNew) this.#write(this.store.putIfAbsent(`${this.folder}${fileOf(lack)}`, text));
    if (lasting) this.#write(this.store.put(`${this.lasting}${fileOf(lack)}`, text));
  }

  #write(writing: Promise<unknown>): void {
    writing.catch(() => {}); // `close` throws the error; until then it must not count as unhandled
    this.#writes.push(writing);
  }

  /** Notes that `operation` is rejected for a reason that is not known here, so leaving things out does not help. */
  giveUp(operation: string): void {
    this.#givenUp.add(operation);
  }

  hasGivenUp(operation: string): boolean {
    return this.#givenUp.has(operation);
  }

  /** Lets the first request of a kind find out what the server accepts, while all others wait. */
  async first<T>(kind: string, act: () => Promise<T>): Promise<T> {
    const first = this.#firsts.get(kind);
    if (first) {
      await first.catch(() => {});
      return act();
    }
    const acting = act();
    this.#firsts.set(kind, acting);
    return acting;
  }

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    await Promise.all(this.#writes.splice(0));
  }

  async #readLasting({ now }: Place): Promise<string[]> {
    const names = await this.store.list(this.lasting);
    const files = await Promise.all(names.map((name) => this.store.get(name)));
    return names.flatMap((name, index) => {
      const { writtenAt, now: storeNow = now() } = files[index] ?? {};
      return writtenAt !== undefined && storeNow - writtenAt < REMEMBERED_MS ? [lackOf(name)] : [];
    });
  }
}

/** Where the lacks of a run are kept. `ValidateInput` may write there before the run has begun. */
export function lacksFolder(runId: string): string {
  return `${runFolder(runId)}/lacks/`;
}

/** What the servers of a run were found to lack. */
export async function readLacks(runId: string, host: Place): Promise<FoundLack[]> {
  if (host.trustsListings) return [];
  const names = (await host.runStore.list(lacksFolder(runId))).map(lackOf);
  return names.filter((name) => !NO_LACKS.some((other) => other === name)).map(describeLack);
}

function lastingFolder({ input: { destination } }: About, { endpoint = '' }: Place): string {
  const server = createHash('sha256')
    .update(JSON.stringify([endpoint, destination]))
    .digest('hex')
    .slice(0, 32);
  return `${LACKS_FOLDER}${server}/`;
}

/** Not every file system allows a colon in a name. */
function fileOf(lack: Lack): string {
  return `${lack.replace(':', '.')}.json`;
}

function lackOf(name: string): string {
  return name
    .slice(name.lastIndexOf('/') + 1)
    .replace(/\.json$/, '')
    .replace('.', ':');
}
