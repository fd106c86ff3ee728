/** The former versions that are read instead of the latest ones, by key, until it is decided what becomes of their objects. */
export class FormerVersions {
  readonly #ids = new Map<string, string>();

  get size(): number {
    return this.#ids.size;
  }

  set(key: string, versionId: string): void {
    this.#ids.set(key, versionId);
  }

  /** @returns undefined if the latest version is read */
  readonly of = (key: string): string | undefined => this.#ids.get(key);

  forget(key: string): void {
    if (this.#ids.size > 0) this.#ids.delete(key);
  }
}
