const FOLDERS = 16;
const PER_BLOCK = 1000;

/** Keys that are computed: `size` of them, in S3's order, spread over 16 folders of blocks of a thousand. */
export class KeySpace {
  readonly #perFolder: number;
  #lastBlock = -1;
  #prefix = '';

  constructor(readonly size: number) {
    this.#perFolder = Math.ceil(size / FOLDERS);
  }

  /** @param index  0 to `size - 1` */
  keyAt(index: number): string {
    const block = Math.floor(index / PER_BLOCK);
    if (block !== this.#lastBlock) {
      this.#lastBlock = block;
      this.#prefix = this.#prefixOf(block);
    }
    return this.#prefix + NAMES[index % PER_BLOCK];
  }

  /** The folder of a key, which stands for a partition of S3. */
  static folderOf(key: string): string {
    return key.slice(0, key.indexOf('/'));
  }

  /** The first index whose key is greater than `key`; `size` where there is none. */
  indexAfter(key: string): number {
    let [low, high] = [0, this.size];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      // All characters are ASCII, where JavaScript's order is S3's.
      if (this.keyAt(middle) > key) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #prefixOf(block: number): string {
    const folder = Math.floor((block * PER_BLOCK) / this.#perFolder);
    return `${'abcdefghijklmnop'[folder]}-data/${String(block).padStart(7, '0')}/part-`;
  }
}

const NAMES = Array.from({ length: PER_BLOCK }, (_, number) => `${String(number).padStart(3, '0')}.json`);
