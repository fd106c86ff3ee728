import type { KeyRange, SyncInput } from '../../../statemachine/contract';
import { justBefore } from '../keys/key-range';
import type { Host } from '../ports/host';
import { runFolder } from '../ports/run-store';
import { sha256 } from '../remembered/files';

/** The folder of all dates in the run store. */
export const GRACE_FOLDER = 'grace/';

const BEHIND_ALL = '\u{10ffff}'.repeat(3);

type Mirror = Pick<SyncInput, 'source' | 'destination' | 'destinationPrefix'>;

/** Where lists and parts are. */
export interface FilesOfDates {
  readonly indexes: string;
  readonly parts: string;
}

/**
 * Where the dates of a destination are, whatever the source is: a site may be published from another folder each time, and a run of a
 * sub-folder shares the dates of the whole. So the keys here are those in the destination bucket.
 */
export class PlaceOfDates implements FilesOfDates {
  readonly indexes: string;
  readonly parts: string;
  /** The file about undos in the destination. */
  readonly undone: string;
  readonly destinationFolder: string;

  constructor(mirror: Mirror, host: Pick<Host, 'worlds' | 'endpoint'>) {
    const { destination, destinationPrefix } = mirror;
    const sides = host.worlds?.describe(mirror);
    // buckets of two servers may have the same names
    const server = sides ? sides.destination.endpoint : host.endpoint;
    const folder = `${GRACE_FOLDER}${sha256(JSON.stringify([server, destination])).slice(0, 32)}`;
    this.indexes = `${folder}/indexes/`;
    this.parts = `${folder}/parts/`;
    this.undone = `${GRACE_FOLDER}undone/${sha256(destination).slice(0, 32)}.json`;
    this.destinationFolder = destinationPrefix;
  }

  keyOf(key: string): string {
    return this.destinationFolder + key;
  }

  rangeOf({ after, until }: KeyRange): KeyRange {
    if (this.destinationFolder === '')
      return { ...(after !== undefined && { after }), ...(until !== undefined && { until }) };
    const start = after === undefined ? justBefore(this.destinationFolder) : this.keyOf(after);
    return { ...(start !== undefined && { after: start }), until: this.keyOf(until ?? BEHIND_ALL) };
  }
}

/** Where a plan keeps what it says about dates, until a run applies it. Its report is never changed. */
export function datesOfPlan(runId: string): FilesOfDates {
  const folder = `${runFolder(runId)}/dates`;
  return { indexes: `${folder}/indexes/`, parts: `${folder}/parts/` };
}
