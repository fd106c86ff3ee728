/** Keeps the parts that were read last in memory: some for each walk, about the place where it is. */
export class PartBodies {
  readonly #bodies = new Map<string, Buffer | Promise<Buffer>>();

  /** @param most  how many parts are in memory */
  constructor(
    private readonly most: number,
    private readonly read: (name: string) => Promise<Buffer>,
  ) {}

  /** @returns a promise only if the part is not in memory */
  get(name: string): Buffer | Promise<Buffer> {
    return this.#bodies.get(name) ?? this.#load(name);
  }

  #load(name: string): Promise<Buffer> {
    const body = this.read(name).then((bytes) => {
      if (this.#bodies.has(name)) this.#bodies.set(name, bytes);
      return bytes;
    });
    this.#bodies.set(name, body);
    const [oldest] = this.#bodies.keys();
    if (this.#bodies.size > this.most && oldest !== undefined) this.#bodies.delete(oldest);
    return body;
  }
}
