import type { RangeInput } from '../../../statemachine/contract';
import { needsHeads } from '../compare/compare';
import type { ListedObject } from '../ports/bucket-reader';
import type { Host } from '../ports/host';
import { EvidenceReader } from './evidence-reader';
import { type EvidenceLane, EvidenceWriter } from './evidence-writer';

const nowhere: EvidenceLane = { add: () => undefined };

/**
 * Remembers, for a Task of the copy loop, which pairs are equal although their ETags differ and cannot be compared. Strategies that send no
 * HEAD do not use it. A verify phase and a dry run only read it. The plan of a run writes it, too: the phases after the plan
 * do not look at the pairs that it has found equal.
 */
export class Evidence {
  readonly #reader: EvidenceReader | undefined;
  readonly #writer: EvidenceWriter | undefined;

  constructor({ run, phase, tokens }: RangeInput, { runStore, invocationId }: Host) {
    // an undo compares no two sides
    if (!needsHeads(run.input.compare) || run.input.undo !== undefined) return;
    this.#reader = new EvidenceReader(runStore, run.input, tokens);
    if (phase.name !== 'verify' && !run.input.dryRun)
      this.#writer = new EvidenceWriter(runStore, run, invocationId, tokens);
  }

  /** Whether a run has proved that these two objects are equal, with the ETags that are listed now. */
  isProven(source: ListedObject, destination: ListedObject): boolean | Promise<boolean> {
    if (!this.#reader || source.eTag === destination.eTag || source.sizeBytes !== destination.sizeBytes) return false;
    return this.#reader.has({ key: source.key, sourceETag: source.eTag, destinationETag: destination.eTag });
  }

  /** Each walk writes to a lane of its own. */
  openLane(): EvidenceLane {
    return this.#writer?.openLane() ?? nowhere;
  }

  async close(): Promise<void> {
    await this.#writer?.close();
  }
}
