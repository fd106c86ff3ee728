import { formatS3Url } from '../../wording/s3-url';
import { InvalidInputError } from '../errors';
import { formatValue } from './describe-issues';
import { refuseEmptyWindows } from './refuse-empty-windows';
import type { IsApart, SyncInput } from './sync-input';

/**
 * Fields that are right one by one may contradict each other.
 *
 * @throws InvalidInputError
 */
export function refuseContradictions(input: SyncInput, isApart: IsApart): void {
  // an undo works within the destination
  if (input.undo === undefined && !isApart(input.source, input.destination)) refuseOverlap(input);
  refuseStrayKey(input);
  refuseSharesOfRetries(input);
  refuseGuardsWithoutPlan(input);
  refuseTwoLists(input);
  refuseOtherWaysToApply(input);
  refuseOtherWaysToUndo(input);
  refuseEndlessDrift(input);
  refuseEndlessCopies(input);
  refuseEmptyWindows(input);
  refuseWaitingSteps(input);
}

/** A retry does not list the whole destination, so it cannot compute a percentage of it. */
function refuseSharesOfRetries(input: SyncInput): void {
  for (const field of ['maxDeletes', 'maxOverwrites'] as const) {
    if (input.retry === undefined || typeof input[field] !== 'string') continue;
    throw new InvalidInputError(
      `Expected \`${field}\` to be a count if \`retry\` is set, got ${formatValue(input[field])}`,
      { field },
    );
  }
}

/** These limits are about the whole run, so only a plan can tell before the first write whether the run keeps them. */
const GUARDS = ['maxDeletes', 'maxOverwrites', 'maxCost'] as const;

function refuseGuardsWithoutPlan(input: SyncInput): void {
  const guard = GUARDS.find((field) => input[field] !== undefined);
  if (input.plan !== false || guard === undefined) return;
  throw new InvalidInputError(
    `Expected \`plan\` not to be false if \`${guard}\` is set, got ${formatValue(input.plan)}: only a plan can tell before the first ` +
      `write whether the run keeps to \`${guard}\`. Leave out one of the two`,
    { field: 'plan' },
  );
}

/** What failed in a run with `keys` is named by `retry` alone. */
function refuseTwoLists({ retry, keys }: SyncInput): void {
  if (retry === undefined || keys === undefined) return;
  throw new InvalidInputError(
    `Expected \`keys\` or \`retry\`, got both, ${formatValue(keys)} and ${formatValue(retry)}: each names the keys of the run`,
    { field: 'keys' },
  );
}

/** A run that applies a plan does that and nothing else. */
function refuseOtherWaysToApply(input: SyncInput): void {
  if (input.apply === undefined) return;
  const wrong: readonly (readonly [field: 'retry' | 'dryRun' | 'plan', wanted: string, isWrong: boolean])[] = [
    ['retry', 'left out', input.retry !== undefined],
    ['dryRun', 'false', input.dryRun],
    ['plan', 'left out', input.plan === false],
  ];
  const [field, wanted] = wrong.find(([, , isWrong]) => isWrong) ?? [];
  if (field === undefined) return;
  throw new InvalidInputError(
    `Expected \`${field}\` to be ${wanted} if \`apply\` is set, got ${formatValue(input[field])}`,
    { field },
  );
}

/** An undo knows its keys, and makes a plan of its own. */
function refuseOtherWaysToUndo(input: SyncInput): void {
  if (input.undo === undefined) return;
  const field = (['retry', 'keys', 'apply'] as const).find((name) => input[name] !== undefined);
  if (field === undefined) return;
  throw new InvalidInputError(
    `Expected \`${field}\` to be left out if \`undo\` is set, got ${formatValue(input[field])}`,
    { field },
  );
}

/** With `always` everything differs, so it never finds both sides equal. */
function refuseEndlessDrift({ compare, verify, dryRun }: SyncInput): void {
  if (compare !== 'always' || !verify || dryRun) return;
  throw new InvalidInputError(
    `Expected \`compare\` to be a strategy that can find both sides equal if \`verify\` is set, got ${formatValue(compare)}`,
    { field: 'compare' },
  );
}

/** A copy in other parts has another ETag. */
function refuseEndlessCopies({ compare, parts }: SyncInput): void {
  if (compare !== 'etag' || parts !== 'fewest') return;
  throw new InvalidInputError(
    `Expected \`compare\` to be a strategy that compares more than ETags if \`parts\` is "fewest", got ${formatValue(compare)}: ` +
      'every run would copy objects that were uploaded in parts again. Use "auto"',
    { field: 'compare' },
  );
}

/** No page may be published before the assets that it links to, and no index before what it names. */
function refuseWaitingSteps({ mode, order, archived }: SyncInput): void {
  if ((mode !== 'publish' && order.length === 0) || archived !== 'restore') return;
  const [reason, what] =
    mode === 'publish'
      ? [
          '`mode` is "publish"',
          'pages would be copied before S3 has restored the assets that they link to. Use "mirror"',
        ]
      : ['`order` is set', 'later steps would be copied before S3 has restored the objects of earlier ones'];
  throw new InvalidInputError(
    `Expected \`archived\` to be "fail" or "skip" if ${reason}, got ${formatValue(archived)}: ${what}`,
    { field: 'archived' },
  );
}

function refuseStrayKey({ sse, sseKmsKeyId }: SyncInput): void {
  if (sseKmsKeyId === undefined || (sse !== undefined && sse !== 'AES256')) return;
  throw new InvalidInputError(
    `Expected \`sse\` to be "aws:kms" or "aws:kms:dsse" if \`sseKmsKeyId\` is set, got ${formatValue(sse)}`,
    { field: 'sse' },
  );
}

function refuseOverlap({ source, destination, prefix, destinationPrefix }: SyncInput): void {
  if (source !== destination) return;
  if (!prefix.startsWith(destinationPrefix) && !destinationPrefix.startsWith(prefix)) return;
  throw new InvalidInputError(
    `Expected \`destination\` to be another bucket, or another folder of it: ${formatS3Url(source, prefix)} and ` +
      `${formatS3Url(destination, destinationPrefix)} overlap, so the mirror would copy into or delete from its own source`,
    { field: 'destination' },
  );
}
