import type { RangeInput } from '../../../statemachine/contract';
import { allOf } from '../concurrency/all-of';
import type { Send } from '../concurrency/send';
import type { PartRequest } from '../ports/object-uploads';
import { StreamStoppedError } from '../ports/store-error';
import type { StopRules } from '../range/stop-rules';
import type { Job, Upload } from './copy-job';
import { hasTimeFor, type Time, wasHandedOn } from './may-begin';
import { startsOf } from './part-layout';

interface Task extends Time {
  readonly input: RangeInput;
  readonly stops: StopRules;
}

export interface PartsOptions {
  /** How many parts are copied at the same time. */
  readonly lanes: number;
  readonly send: Send;
  /** If this fails, no further part begins. */
  readonly condition?: Promise<void>;
}

/**
 * Copies the parts that an upload does not have yet, and adds them to it, as long as there is time.
 *
 * @returns whether all parts are there
 * @throws StoreError  the error of a part or of the condition, thrown when no part is in flight any longer
 */
export async function copyParts(
  task: Task,
  job: Job,
  upload: Upload,
  { lanes, send, condition = Promise.resolve() }: PartsOptions,
): Promise<boolean> {
  const { uploads } = task.buckets.destination;
  const present = new Set(upload.parts.map(({ part }) => part));
  const missing = partRequests(job, upload.id).filter(({ part }) => !present.has(part));
  let failed = false;
  const mayStop = () => !job.mends && task.stops.shouldStop();
  const lane = async (first: boolean) => {
    // At least one, so that each round makes progress with an object that has its own range.
    let must = first && wasHandedOn(task.input, job.version.key);
    for (let request = missing.shift(); request; request = missing.shift()) {
      const { sizeBytes } = request;
      // A part may wait long for its turn.
      const mayBegin = () => !failed && (must || (!mayStop() && hasTimeFor(task, sizeBytes)));
      const part = await send(async () => (mayBegin() ? uploads.copyPart(request) : undefined)).catch((error) =>
        noneIfStopped(error, upload),
      );
      if (!part) return;
      upload.parts.push(part);
      must = false;
    }
  };
  const running = Array.from({ length: Math.min(missing.length, lanes) }, (_, index) => lane(index === 0));
  const stopping = [condition, ...running].map((promise) =>
    promise.catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  await allOf(stopping); // so that no part arrives after the upload was aborted
  return upload.parts.length === job.layout.sizes.length;
}

function noneIfStopped(error: unknown, upload: Upload): undefined {
  if (!(error instanceof StreamStoppedError)) throw error;
  upload.stopped = true;
}

function partRequests({ version: { key, eTag, checksum }, layout }: Job, uploadId: string): PartRequest[] {
  const starts = startsOf(layout);
  const own = checksum?.type === 'COMPOSITE' && { checksum: checksum.algorithm };
  return layout.sizes.map((sizeBytes, index) => {
    const first = starts[index] ?? 0;
    const bytes = starts.length > 1 ? { first, last: first + sizeBytes - 1 } : undefined;
    return { key, uploadId, part: index + 1, sourceETag: eTag, sizeBytes, ...(bytes && { bytes }), ...own };
  });
}
