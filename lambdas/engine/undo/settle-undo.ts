import * as z from 'zod';
import { asCount, type RunSummary, tookPart } from '../../../statemachine/contract';
import { InvalidInputError } from '../../../statemachine/errors';
import type { SettledInput } from '../../../statemachine/input/deployed-settings';
import type { SyncInput } from '../../../statemachine/input/sync-input';
import { formatS3Url } from '../../../wording/s3-url';
import type { RunStore } from '../ports/run-store';
import { findSummary } from '../report/find-summary';
import { findGap } from './find-gap';

/** A run that can be undone. */
export type RunToUndo = Pick<RunSummary, 'startedAt' | 'phases' | 'totals' | 'takingPart'> & {
  readonly input: Pick<SyncInput, 'destination' | 'destinationPrefix'>;
};

const summarySchema = z.looseObject({
  startedAt: z.iso.datetime(),
  wrote: z.boolean(),
  keepsVersions: z.boolean().optional(),
  totals: z.looseObject({ copied: z.int(), deleted: z.int() }),
  phases: z.array(z.looseObject({ name: z.string() })),
  takingPart: z.int().min(0).optional(),
  input: z.looseObject({ destination: z.string(), destinationPrefix: z.string() }),
});

/**
 * Reads the summary of the run that is undone.
 *
 * @param undo  the run's id, or its beginning
 * @throws InvalidInputError  there is no such run, or it cannot be undone
 */
export async function readRunToUndo(undo: string, store: RunStore): Promise<RunToUndo & { readonly id: string }> {
  const found = await findSummary(undo, store, 'undo');
  if (!found) throw refusal(undo, 'there is no summary of such a run', store);
  const { id } = found;
  const summary = parse(found.text);
  if (!summary) throw refusal(id, 'bucketsync did not write its summary.json', store);
  if (!summary.wrote) throw refusal(id, 'that run has written nothing', store);
  if (summary.keepsVersions === false)
    throw refusal(
      id,
      'its destination keeps no versions, so what it replaced or deleted is gone. For later runs, switch versioning on',
      store,
    );
  if (summary.keepsVersions === undefined)
    throw refusal(
      id,
      summary.totals.copied + summary.totals.deleted === 0
        ? 'that run has copied and deleted nothing'
        : 'its report does not say which versions it has made: an older bucketsync wrote it',
      store,
    );
  return { ...(summary as unknown as RunToUndo), id };
}

/**
 * The settings of a run that undoes another one: it copies former versions of the destination's objects to the destination itself, so
 * its source is the destination. Only the filters of keys, the limits and the order of its own settings apply.
 *
 * @throws InvalidInputError
 */
export async function settleUndo(settled: SettledInput, store: RunStore): Promise<SettledInput> {
  const { input, deployed } = settled;
  if (input.undo === undefined) return settled;
  const run = await readRunToUndo(input.undo, store);
  refuseOtherPlace(run, input);
  const gap = await findGap(run.id, run.totals.copied + run.totals.deleted, store);
  if (gap !== undefined) throw refusal(run.id, gap, store);
  const { destination: source, destinationPrefix: prefix, destinationOwner: sourceOwner } = input;
  const takingPart = tookPart(run);
  const limits = { maxDeletes: input.maxDeletes, maxOverwrites: input.maxOverwrites };
  return {
    input: {
      ...input,
      ...{ undo: run.id, source, prefix, sourceOwner, ...asCounts(limits, takingPart) },
      ...{
        minSize: undefined,
        maxSize: undefined,
        newerThan: undefined,
        olderThan: undefined,
        storageClasses: [],
        deleteAfter: undefined,
      },
      ...{ delete: true, plan: true, conditional: true, verify: false, strict: false, allowEmptySource: false },
      ...{ compare: 'auto', tags: 'copy', storageClass: 'same', archived: 'fail', parts: 'same', proof: undefined },
    },
    ...(deployed && { deployed: { ...deployed, ...asCounts(deployed, takingPart) } }),
  };
}

type Limits = Pick<SyncInput, 'maxDeletes' | 'maxOverwrites'>;

/** An undo does not list the whole destination. */
function asCounts({ maxDeletes, maxOverwrites }: Limits, takingPart: number | undefined): Limits {
  const toCount = (limit: number | string | undefined) =>
    limit === undefined || takingPart === undefined ? limit : asCount(limit, takingPart);
  return { maxDeletes: toCount(maxDeletes), maxOverwrites: toCount(maxOverwrites) };
}

function refuseOtherPlace({ id, input: there }: RunToUndo & { readonly id: string }, input: SyncInput): void {
  if (there.destination === input.destination && there.destinationPrefix === input.destinationPrefix) return;
  throw new InvalidInputError(
    `Expected \`undo\` to be the id of a run into ${formatS3Url(input.destination, input.destinationPrefix)}, got "${id}", which wrote to ` +
      `${formatS3Url(there.destination, there.destinationPrefix)}. Name that folder as the destination`,
    { field: 'undo' },
  );
}

function refusal(id: string, why: string, store: RunStore): InvalidInputError {
  return new InvalidInputError(
    `Expected \`undo\` to be the id of a run that can be undone, got "${id}": ${why} (${store.locate('runs/')}${id}/)`,
    {
      field: 'undo',
    },
  );
}

function parse(text: string): z.output<typeof summarySchema> | undefined {
  try {
    return summarySchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
