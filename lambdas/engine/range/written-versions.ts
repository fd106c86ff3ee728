/** The ids of the versions that a Task has written at the destination, until the report has them. */
export class WrittenVersions {
  readonly #ids = new Map<string, string>();

  /** @param key  relative */
  readonly note = (key: string, versionId: string): void => {
    this.#ids.set(key, versionId);
  };

  /** Returns the last version that was written under a key, and forgets it. */
  take(key: string): string | undefined {
    const versionId = this.#ids.get(key);
    if (versionId !== undefined) this.#ids.delete(key);
    return versionId;
  }
}
