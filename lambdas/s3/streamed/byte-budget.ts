interface Waiting {
  readonly bytes: number;
  readonly begin: () => void;
}

/** Lets copies begin while there is room for their bytes. The others wait for their turn. */
export class ByteBudget {
  #left: number;
  readonly #waiting: Waiting[] = [];

  constructor(bytes: number) {
    this.#left = bytes;
  }

  async run<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    await this.#take(bytes);
    try {
      return await work();
    } finally {
      this.#left += bytes;
      this.#next();
    }
  }

  #take(bytes: number): Promise<void> {
    return new Promise((begin) => {
      this.#waiting.push({ bytes, begin });
      this.#next();
    });
  }

  #next(): void {
    for (let first = this.#waiting[0]; first && first.bytes <= this.#left; first = this.#waiting[0]) {
      this.#waiting.shift();
      this.#left -= first.bytes;
      first.begin();
    }
  }
}
