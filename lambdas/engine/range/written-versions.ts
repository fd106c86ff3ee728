/** As which versions the destination has kept what a Task has written, until the report says so. */
export class WrittenVersions {
  readonly #ids = new Map<string, string>();

  /** @param key  relative */
  readonly note = (key: string, versionId: string): void => {
    this.#ids.set(key, versionId);
  };

  /** The version that was written last under a key; it is told once. */
  take(key: string): string | undefined {
    const versionId = this.#ids.get(key);
    if (versionId !== undefined) this.#ids.delete(key);
    return versionId;
  }
}
