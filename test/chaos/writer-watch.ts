import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Bucket, RequestInfo } from '../../local/s3';

const HEADER = 'x-test-writer';
const writers = new AsyncLocalStorage<string>();
/** In the server, whose request is being carried out. */
const served = new AsyncLocalStorage<string | undefined>();

subscribe('undici:request:create', (message) => {
  const { request } = message as { request: { addHeader(name: string, value: string): void } };
  const writer = writers.getStore();
  if (writer !== undefined) request.addHeader(HEADER, writer);
});

/** Does something in a writer's name: each request that it causes says so. */
export function asWriter<Result>(writer: string, work: () => Promise<Result>): Promise<Result> {
  return writers.run(writer, work);
}

/** Of a request: in whose name it was sent. To be called at its start, since what the server then does is laid to that writer. */
export function noteWriter({ headers }: Pick<RequestInfo, 'headers'>): string | undefined {
  const writer = headers[HEADER];
  served.enterWith(writer);
  return writer;
}

interface Write {
  readonly writer: string;
  readonly key: string;
}

/** Watches who writes to a destination, and in what order. */
export class WriterWatch {
  readonly #writes: Write[] = [];
  /** The folder that each writer may write to. */
  readonly #folders = new Map<string, string>();

  constructor(
    destination: Bucket,
    private readonly onWrite: (writer: string) => void,
  ) {
    const [add, remove] = [destination.add.bind(destination), destination.remove.bind(destination)];
    destination.add = (content) => {
      if (!content.deleteMarker) this.#note(content.key);
      return add(content);
    };
    destination.remove = (key) => {
      if (destination.get(key)) this.#note(key);
      return remove(key);
    };
  }

  register(writer: string, folder: string): void {
    this.#folders.set(writer, folder);
  }

  /** @returns what two writers of overlapping folders did at the same time, and writes that were nobody's to make */
  violations(): string[] {
    const names = [...this.#folders.keys()];
    const pairs = names.flatMap((one, index) => names.slice(index + 1).map((other) => [one, other] as const));
    const strays = this.#writes.filter(({ writer, key }) => !key.startsWith(this.#folders.get(writer) ?? '\0'));
    return [
      ...strays.map(({ writer, key }) => `${writer} wrote ${JSON.stringify(key)}, outside of its folder`),
      ...pairs.flatMap(([one, other]) => this.#interleaved(one, other)),
    ];
  }

  #note(key: string): void {
    const writer = served.getStore();
    if (writer === undefined || key.startsWith('.bucketsync/')) return;
    this.#writes.push({ writer, key });
    this.onWrite(writer);
  }

  #interleaved(one: string, other: string): string[] {
    const [folder = '', otherFolder = ''] = [this.#folders.get(one), this.#folders.get(other)];
    if (!folder.startsWith(otherFolder) && !otherFolder.startsWith(folder)) return [];
    const [a, b] = [this.#spanOf(one), this.#spanOf(other)];
    if (!a || !b || a.last < b.first || b.last < a.first) return [];
    const order = this.#writes.filter(({ writer }) => writer === one || writer === other);
    return [
      `${one} (${JSON.stringify(folder)}) and ${other} (${JSON.stringify(otherFolder)}) wrote at the same time: ` +
        order.map(({ writer, key }) => `${writer} ${JSON.stringify(key)}`).join(', '),
    ];
  }

  #spanOf(name: string): { first: number; last: number } | undefined {
    const first = this.#writes.findIndex(({ writer }) => writer === name);
    return first < 0 ? undefined : { first, last: this.#writes.findLastIndex(({ writer }) => writer === name) };
  }
}
