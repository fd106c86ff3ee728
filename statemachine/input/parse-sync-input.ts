import { MAX_INPUT_BYTES } from '../budgets';
import { InvalidInputError } from '../errors';
import { inputError } from './describe-issues';
import { runId } from './field-types';
import { refuseContradictions } from './refuse-contradictions';
import { FIELDS, type IsApart, type SyncInput, syncInputSchema } from './sync-input';

/**
 * Turns unchecked input into a `SyncInput`.
 *
 * @param isApart  by default false: names of buckets are unique
 * @throws InvalidInputError  one sentence with the field, its value, and the value that is expected
 */
export function parseSyncInput(value: unknown, isApart: IsApart = () => false): SyncInput {
  const parsed = syncInputSchema.safeParse(value, { reportInput: true });
  if (!parsed.success) throw inputError(parsed.error, FIELDS);
  const input = { ...parsed.data, destinationPrefix: parsed.data.destinationPrefix ?? parsed.data.prefix };
  refuseLongInput(input);
  refuseContradictions(input, isApart);
  return input;
}

/**
 * Checks the input of an execution of a deployed state machine, which may leave out any field.
 *
 * @returns only the given fields
 * @throws InvalidInputError
 */
export function parseGivenFields(value: unknown): Partial<SyncInput> {
  const parsed = syncInputSchema.partial().safeParse(value, { reportInput: true });
  if (!parsed.success) throw inputError(parsed.error, FIELDS);
  return Object.fromEntries(Object.entries(parsed.data).filter(([field]) => field in (value as object)));
}

/** @throws InvalidInputError */
export function parseRunId(text: string): string {
  if (runId.safeParse(text).success) return text;
  throw new InvalidInputError(`Expected the id of a run, got "${text}"`);
}

/** @throws InvalidInputError */
export function refuseLongInput(input: object): void {
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes <= MAX_INPUT_BYTES) return;
  throw new InvalidInputError(
    `Expected the input to be at most ${MAX_INPUT_BYTES} bytes of JSON, got ${bytes}: an execution's state has no room for more. ` +
      'In `include` and `exclude`, name folders or patterns instead of single keys',
  );
}
