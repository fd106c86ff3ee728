import type { RangeInput } from '../../../statemachine/contract';
import type { ListedObject } from '../ports/bucket-reader';
import type { KnownLacks } from '../ports/known-lacks';

interface Run {
  readonly input: Pick<RangeInput, 'run'>;
  readonly lacks: KnownLacks | undefined;
}

/** Whether copies have the class of their source. */
export function keepsClass({ input }: Pick<Run, 'input'>): boolean {
  return input.run.input.storageClass === 'same';
}

/** The storage class of a copy. @param shown  see `classOf` */
export function classOfCopy(run: Run, source: ListedObject, shown?: string): string {
  return keepsClass(run) ? classOf(run, source, shown) : (run.input.run.input.storageClass as string);
}

/**
 * The storage class of a source object. A server other than AWS may list all objects as STANDARD, and show the real class only in
 * answers about one object.
 *
 * @param shown  the class in such an answer about this version; absent: there was none
 */
export function classOf(run: Run, { storageClass }: ListedObject, shown = 'STANDARD'): string {
  if (!run.lacks || storageClass !== 'STANDARD' || shown === 'STANDARD') return storageClass;
  if (keepsClass(run)) run.lacks.add('listedClasses');
  return shown;
}
