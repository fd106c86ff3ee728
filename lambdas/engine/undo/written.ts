import type { KeyRange, ReportLine } from '../../../statemachine/contract';
import { writesNothing } from '../../../statemachine/writes-nothing';
import { isWithin } from '../keys/key-range';
import { ownText } from '../keys/own-text';
import type { RunStore } from '../ports/run-store';
import { listParts, readPart } from '../report/report-parts';

/** What a run has done to a key, as its report says. */
export interface Written extends Pick<ReportLine, 'sizeBytes' | 'eTag'> {
  readonly kind: 'added' | 'replaced' | 'deleted';
  /** The versions and delete markers that it has made; none if the destination told none. */
  readonly versionIds: ReadonlySet<string>;
}

/**
 * The keys of ranges that a run has copied or deleted. A copy may have failed after it was made. So a line that names a version tells
 * of a write, whatever its outcome is.
 */
export async function readWritten(
  runId: string,
  ranges: readonly KeyRange[],
  store: RunStore,
): Promise<Map<string, Written>> {
  const written = new Map<string, Written>();
  for (const folder of ['actions', 'failures'] as const) {
    for (const part of await listParts(store, runId, folder)) {
      if (writesNothing(part.phase)) continue;
      for (const line of await readPart(store, part)) {
        if (!tellsOfWrite(line) || !ranges.some((range) => isWithin(range, line.key))) continue;
        written.set(ownText(line.key), add(written.get(line.key), line));
      }
    }
  }
  return written;
}

function tellsOfWrite({ action, outcome, versionId }: ReportLine): boolean {
  return versionId !== undefined || (outcome === 'done' && (action === 'copy' || action === 'delete'));
}

/** Several attempts at a range may have written the same key. The first one has met what was there before the run. */
function add(known: Written | undefined, { action, reason, versionId, sizeBytes, eTag }: ReportLine): Written {
  const kind = action === 'delete' ? 'deleted' : reason === 'missing' ? 'added' : 'replaced';
  const versionIds = new Set(known?.versionIds);
  if (versionId !== undefined) versionIds.add(ownText(versionId));
  return { kind: known && known.kind !== 'replaced' ? known.kind : kind, versionIds, sizeBytes, eTag };
}
