import type { ListedObject } from '../ports/bucket-reader';
import { isContent, placeOf } from './content';

/** Remembers where the first content of a range was seen, so that a later search for content soon comes to it. */
export class ContentWatch {
  #place: string | undefined;

  /** @param source  an object of the source whose key takes part */
  note(source: Pick<ListedObject, 'key' | 'sizeBytes'>): void {
    if (this.#place === undefined && isContent(source)) this.#place = placeOf(source.key);
  }

  get place(): string | undefined {
    return this.#place;
  }
}
