import * as z from 'zod';
import { CONTRACT_VERSION, type KeptPlan } from '../../../statemachine/contract';
import { PlanChangedError } from '../../../statemachine/errors';
import { parseIfJson } from '../../../statemachine/input/parse-json';
import { compareKeys } from '../keys/compare-keys';
import type { RunStore } from '../ports/run-store';
import { nameOfIndex, type PlanIndex, sha256, sumOf } from './plan-index';
import { refusedPlan } from './refused-plan';

const count = z.int().min(0);

const madeBy = z.object({ contract: z.number() });

const indexSchema = z.object({
  contract: z.literal(CONTRACT_VERSION),
  runId: z.string(),
  parts: z.array(
    z.object({
      name: z.string().regex(/^plan\/parts\/[^/]+$/),
      first: z.string(),
      last: z.string(),
      sha256: z.string(),
      ...{ copies: count, restores: count, deletes: count },
      ...{ copied: count, copiedBytes: count, overwritten: count },
    }),
  ),
});

/**
 * Reads the index of a plan, and checks every field: whoever can change the index can also change its checksum.
 *
 * @throws PlanChangedError  the index is not the one that the plan was kept with, or bucketsync wrote no such index
 * @throws InvalidInputError  another version of bucketsync wrote it
 * @throws Error  the run store could not be read
 */
export async function readIndex(store: RunStore, plan: KeptPlan): Promise<PlanIndex> {
  const { id } = plan;
  const where = store.locate(nameOfIndex(id));
  const found = await store.get(nameOfIndex(id));
  if (!found)
    throw new PlanChangedError(`Expected the index of the plan ${id} in ${where}, got nothing. Make the plan again`);
  if (sha256(found.body) !== plan.sha256) {
    throw new PlanChangedError(
      `Expected ${where} to be as the plan ${id} left it, but somebody has changed it. Nothing of it is applied: make the plan again`,
    );
  }
  const value = parseIfJson(found.body.toString('utf8'));
  const { contract } = madeBy.safeParse(value).data ?? { contract: CONTRACT_VERSION };
  if (contract !== CONTRACT_VERSION) {
    const why = `it was made by another version of bucketsync (contract ${contract}, not ${CONTRACT_VERSION})`;
    throw refusedPlan(id, why, store);
  }
  const index = indexSchema.safeParse(value).data;
  const wrong = index ? faultOf(index, plan) : 'it is no index of a plan';
  if (!index || wrong !== undefined) {
    throw new PlanChangedError(
      `Expected ${where} to be the index that the plan ${id} has written, but ${wrong}: somebody has changed it. ` +
        'Nothing of it is applied: make the plan again',
    );
  }
  return index;
}

/** @returns what bucketsync would not have written */
function faultOf({ runId, parts }: PlanIndex, plan: KeptPlan): string | undefined {
  if (runId !== plan.id) return 'it is of another plan';
  if (parts.some(({ copies, deletes }) => copies + deletes === 0)) return 'it has a part without actions';
  const isOrdered = parts.every(
    ({ first, last }, place) =>
      compareKeys(first, last) <= 0 && compareKeys(parts[place - 1]?.first ?? first, first) <= 0,
  );
  if (!isOrdered) return 'its parts are not in order';
  const { copies, restores, deletes } = sumOf(parts);
  const isWhole = copies === plan.copies && restores === plan.restores && deletes === plan.deletes;
  return isWhole ? undefined : 'its parts do not have as many actions as the plan';
}
