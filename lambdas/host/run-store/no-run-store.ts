import type { RunStore } from '../../engine/ports/run-store';

/** Keeps nothing: for a plan that has no place to write to. */
export class NoRunStore implements RunStore {
  readonly keepsNothing = true;

  locate(name: string): string {
    return `nowhere:${name}`;
  }

  async put(): Promise<void> {}

  async get(): Promise<undefined> {}

  async putIfAbsent(): Promise<boolean> {
    return true;
  }

  async replace(): Promise<boolean> {
    return true;
  }

  async delete(): Promise<void> {}

  async deleteVersion(): Promise<boolean> {
    return true;
  }

  async list(): Promise<string[]> {
    return [];
  }
}
