import type { AnyMirror } from '../../support/any-mirror';
import { past } from '../../support/memory-mirror';

export interface Amounts {
  readonly same?: number;
  readonly changed?: number;
  readonly created?: number;
  readonly orphans?: number;
}

/** A source and a destination that differ in this many objects. */
export function createGuardedPair(mirror: AnyMirror, { same = 0, changed = 0, created = 0, orphans = 0 }: Amounts) {
  const pair = mirror.createPair();
  const each = (count: number, put: (index: number) => void) => Array.from({ length: count }, (_, index) => put(index));
  each(same, (index) => pair.source.put(`same-${index}`, 'x', { lastModified: past }));
  each(same, (index) => pair.destination.put(`same-${index}`, 'x'));
  each(changed, (index) => pair.source.put(`changed-${index}`, 'new', { lastModified: past }));
  each(changed, (index) => pair.destination.put(`changed-${index}`, 'former'));
  each(created, (index) => pair.source.put(`new-${index}`, 'x', { lastModified: past }));
  each(orphans, (index) => pair.destination.put(`orphan-${index}`, 'x'));
  return pair;
}

/** Requests of a run that change the destination. */
export function writesTo({ s3 }: Pick<AnyMirror, 's3'>): string[] {
  const isWrite = (operation: string) => /^(Put|Copy|Delete|Create|Complete|Upload|Abort|Restore)/.test(operation);
  return Object.keys(s3.requests.byOperation()).filter(isWrite);
}
