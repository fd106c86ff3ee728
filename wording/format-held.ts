import type { RunSummary, SyncInput } from '../statemachine/contract';
import { formatS3Url } from './s3-url';

/** Says after an undo that no run writes there, and how to end that; undefined if nothing is held. */
export function formatHeld({ heldSince, input }: RunSummary): string | undefined {
  if (heldSince === undefined) return undefined;
  const { destination, destinationPrefix } = input as SyncInput;
  const place = formatS3Url(destination, destinationPrefix);
  return (
    `Later runs to ${place} are held, so that none writes the same again. When the source is right: ` +
    `bucketsync release ${place}`
  );
}
