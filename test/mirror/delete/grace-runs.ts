import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunSummary, SyncRequest } from '../../../statemachine/contract';
import { type MemoryMirror, type MirrorOptions, past, useMemoryMirror } from '../../support/memory-mirror';

/** Runs of a mirror that deletes an orphan after seven days, and the files in which it keeps the dates. */
export class GraceRuns {
  constructor(readonly mirror: MemoryMirror) {}

  get folder(): string {
    return join(this.mirror.runsFolder, 'grace');
  }

  /** @param orphans  keys that only the destination has */
  createPair(keys: readonly string[], orphans: readonly string[], folder = ''): ReturnType<MemoryMirror['createPair']> {
    const pair = this.mirror.createPair();
    for (const key of keys) pair.source.put(folder + key, 'x', { lastModified: past });
    for (const key of [...keys, ...orphans]) pair.destination.put(folder + key, 'x', { lastModified: past });
    return pair;
  }

  /** A run on a day of June. */
  runOn(day: number, input: SyncRequest | object, options: MirrorOptions = {}): Promise<RunSummary> {
    const startedAt = new Date(Date.UTC(2026, 5, 1) + day * 86_400_000);
    return this.mirror.run({ deleteAfter: '7d', ...input }, { startedAt, ...options });
  }

  filesOf(kind: 'indexes' | 'parts'): string[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder).flatMap((one) => {
      const folder = join(this.folder, one, kind);
      return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
    });
  }

  forget(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function useGraceRuns(): GraceRuns {
  const runs = new GraceRuns(useMemoryMirror());
  afterEach(() => runs.forget());
  return runs;
}
