import {
  type AppliedPlan,
  emptyCounters,
  type Phase,
  type Run,
  type RunState,
  type SyncInput,
  type ValidateInputInput,
} from '../../../statemachine/contract';
import { InvalidInputError, SourceEmptyError } from '../../../statemachine/errors';
import { settleInput } from '../../../statemachine/input/deployed-settings';
import { regionOfArn } from '../../../statemachine/partition';
import { isAboutSomeKeys } from '../../../statemachine/some-keys';
import { formatS3Url } from '../../../wording/s3-url';
import { announceStart } from '../announce/announce-run';
import { withLimitOfRetry } from '../delete/retry-limit';
import { EVIDENCE_FOLDER } from '../evidence/evidence';
import { boundEvidence } from '../evidence/keep-evidence';
import { beginDates, begins } from '../grace/begin-dates';
import { boundDates } from '../grace/keep-dates';
import { GRACE_FOLDER } from '../grace/place-of-dates';
import { withDeleteLimit } from '../guards/delete-guard';
import { refuse } from '../guards/guards';
import { foretellPaths } from '../invalidation/foretell';
import { type PlanToApply, readPlanToApply } from '../kept-plan/plan-to-apply';
import { placeOf } from '../listing/content';
import { openBuckets } from '../listing/hide-reserved';
import { listLimits } from '../listing/list-limits';
import { refuseOneBucket } from '../lock/one-bucket';
import { NOT_BEGUN, orGiveBack, takeLock } from '../lock/run-lock';
import { settleAcl } from '../permissions/demanded-acl';
import { findEnforcedConditions } from '../permissions/enforced-conditions';
import { type Found, findFirst, findSamples, type Samples } from '../permissions/find-samples';
import { probePermissions } from '../permissions/probe-permissions';
import type { Probing } from '../permissions/probing';
import { readSettings } from '../permissions/read-settings';
import { planPhases } from '../phases/plan-phases';
import { startLoops } from '../phases/start-loops';
import type { Host } from '../ports/host';
import { LOCKS_FOLDER } from '../ports/lock-store';
import { runFolder } from '../ports/run-store';
import { AnswerDeadline, LIST_ATTEMPT_MS } from '../run/answer-deadline';
import { lookForAccount } from '../run/describe-place';
import { nameForRetry } from '../run/name-for-retry';
import { requireContract } from '../run/require-contract';
import { untilStopped } from '../run/until-stopped';
import { isAws } from '../server/is-aws';
import { LACKS_FOLDER, Lacks, lacksFolder } from '../server/lacks';
import { placeOfLacks } from '../server/place-of-lacks';
import { settleUndo } from '../undo/settle-undo';
import { UPLOADS_FOLDER } from '../uploads/kept-uploads';
import { refuseNothingToRetry } from '../wanted/failed-keys';
import { keepKeyList, keysFolder } from '../wanted/key-list';
import { takeKeyList } from '../wanted/take-key-list';

/** Left at the end of the invocation for the work after the list pages. */
const CLOSING_MS = 40_000;

/** How long a stopped run waits for its trial requests, which abort the uploads that they have begun. */
const PROBES_MS = 2_000;

/**
 * Task `ValidateInput`: checks the input, and whether the run can do what it asks for, before anything is written. Then it takes
 * the lock and returns the phases. If somebody stops the run, it waits for no answer.
 *
 * @throws InterruptedError | InvalidInputError | PlanChangedError | BucketNotFoundError | AccessDeniedError | SourceEmptyError | AlreadyRunningError | ContractVersionError
 */
export async function validateInput(task: ValidateInputInput, host: Host): Promise<RunState> {
  const deadline = new AnswerDeadline(host);
  try {
    const state = await validate(task, { ...host, signal: deadline.signal }, deadline);
    await announceStart(state, host);
    return state;
  } catch (error) {
    throw nameForRetry(deadline.explain(error));
  } finally {
    deadline.close();
  }
}

async function validate(task: ValidateInputInput, host: Host, deadline: AnswerDeadline): Promise<RunState> {
  requireContract(task.contract);
  const unlessStopped = <T>(step: string, work: () => Promise<T>, graceMs = 0) => {
    deadline.begin(step);
    return untilStopped(work, host, { message: NOT_BEGUN, graceMs });
  };
  const account = lookForAccount(task, host);
  const settleAt = (startedAt: string) => settleInput(task.input, host.mirrors, startedAt, host.worlds?.isApart);
  const settled = settleAt(task.startedAt);
  refuseOwnReports(settled.input, host);
  refuseLostDates(settled.input, host);
  deadline.about(settled.input);
  await unlessStopped('read what to try again', () => refuseNothingToRetry(settled.input.retry, host));
  const limited = await unlessStopped('read what to try again', () => withLimitOfRetry(settled, host));
  const applied = await unlessStopped('read the plan to apply', () =>
    readPlanToApply(settled.input.apply, settleAt, host.runStore),
  );
  const undoing = await unlessStopped('read the run to undo', () => settleUndo(limited, host.runStore));
  const { input, deployed } = applied?.settled ?? undoing;
  const { executionName: id, executionId, startedAt, contract } = task;
  const [sourceRegion, destinationRegion] = await unlessStopped('looked for both buckets', () =>
    Promise.all([
      host.findRegion(
        input.source,
        input.sourceOwner,
        input.prefix,
        input.requestPayer,
        input.undo === undefined ? 'source' : 'destination',
      ),
      host.findRegion(
        ...([input.destination, input.destinationOwner, input.destinationPrefix, input.requestPayer] as const),
        'destination',
      ),
      refuseUsedName(id, host),
    ]),
  );
  refuseForeignKey(input, destinationRegion);
  const unset = { acls: false, website: false };
  const about = { contract, id, executionId, startedAt, input, ...(deployed && { deployed }) };
  const asked: Run = { ...about, sourceRegion, destinationRegion, settings: unset };
  // the plan has its keys already; only a comparison afterwards needs the list
  const needsKeys = !applied || input.verify;
  const keys = needsKeys ? await unlessStopped('read the list of its keys', () => takeKeyList(asked, host)) : undefined;
  const stopAt = host.now() + host.remainingMs() - CLOSING_MS;
  const lacks = await unlessStopped('read what its servers lack', () => Lacks.open(asked, placeOfLacks(input, host)));
  const limits = listLimits(host, () => stopAt);
  const listMs = () => Math.min(LIST_ATTEMPT_MS, limits.listMs());
  const observer = { counters: emptyCounters().requests, onSlowDown() {}, ...limits, listMs, lacks };
  const open = (run: Run) => openBuckets(host, run, observer);
  const first = await unlessStopped('listed the first objects', () => findFirst(open(asked), input, host));
  refuseEmptySource(input, first);
  const found = { source: first.source.object, destination: first.destination.object };
  const samples = await unlessStopped('listed objects that take part', () =>
    findSamples(open(asked), found, asked, host),
  );
  const phases = applied
    ? phasesAfterPlan(input, applied.plan)
    : planPhases(input, {
        mayBeEmpty: mayBeEmpty(input, first, samples),
        decidesFirst: decidesFirst(input, first, host),
      });
  const settings = await unlessStopped('read the settings of its buckets', () =>
    readSettings(phases, host.openProbes(asked), input.acl),
  );
  const probing = (run: Run): Probing => {
    const [buckets, probes] = [open(run), host.openProbes(run)];
    return { run, phases, buckets, probes, samples, id: host.invocationId, endpoint: host.endpoint };
  };
  const known = await unlessStopped('judged the plan to apply', () =>
    judged({ ...asked, settings, ...contentOf(samples) }, applied, isEmpty(first.source), host),
  );
  const run = await unlessStopped('tried what it may do', () => tryOut(known, probing, host), PROBES_MS);
  if (keys)
    await unlessStopped('kept the list of its keys', () => keepKeyList(id, keys, host.runStore, host.invocationId));
  deadline.begin('took its lock');
  const writes = phases.some(({ write }) => write);
  const lockId = writes || begins(run) ? await takeLock(run, host) : undefined;
  const locked = { ...run, ...(lockId !== undefined && { lockId }) };
  const prepare = async () => {
    if (writes && input.undo === undefined) await refuseOneBucket(locked, found, host, observer);
    await lacks?.close();
    // A local run that is killed has no FinishRun, so this limits what such runs leave behind. In AWS only FinishRun may delete files.
    if (!run.executionId.startsWith('arn:')) {
      await boundEvidence(input, host);
      if (writes) await boundDates(run, host);
    }
    await beginDates(run, host);
  };
  await orGiveBack(locked, host, () => unlessStopped('tried what its servers lack', prepare, PROBES_MS));
  return {
    run: { ...locked, ...knownAccount(account()) },
    phases,
    loops: startLoops(phases[0], locked, host.roundBudgetsMs),
    done: [],
  };
}

/** The phases that carry out a plan of an earlier run. */
function phasesAfterPlan(input: SyncInput, { copies, deletes }: AppliedPlan): Phase[] {
  return copies + deletes === 0 ? [] : planPhases(input, { decidesFirst: true }).filter(({ name }) => name !== 'plan');
}

/**
 * Judges a plan of an earlier run by the guards of this run, which may be others.
 *
 * @returns the run, with its plan and its limits
 * @throws DeleteGuardError | OverwriteGuardError | CostGuardError
 */
async function judged(run: Run, applied: PlanToApply | undefined, isSourceEmpty: boolean, host: Host): Promise<Run> {
  if (!applied) return run;
  const { copy, delete: deletes } = applied.found;
  const [phase] = planPhases({ ...run.input, dryRun: true });
  if (!phase) throw new Error('Expected a phase of a plan, got none');
  const limited = withDeleteLimit({ ...run, plan: applied.plan }, phase, deletes);
  // the plan itself has judged whether the source has content; an empty one may be applied if that is allowed
  const isEmptied = run.input.allowEmptySource && isSourceEmpty;
  const ended = {
    ...{ round: 0, ranges: 0, mapRanges: 0, busyMs: 0, lostDeletes: 0 },
    ...(!isEmptied && { content: '' }),
  };
  const loops = { copy: { ...ended, counters: copy }, delete: { ...ended, counters: deletes } };
  const error = refuse(phase, { ...limited, input: { ...run.input, dryRun: false } }, loops, {
    sides: host.worlds?.describe(run.input),
    paths: run.input.maxCost === undefined ? 0 : await foretellPaths(limited, { copy, delete: deletes }, host),
  });
  if (error) throw error;
  return limited;
}

/** @returns the run, with the ACL and the conditions that its destination demands */
async function tryOut(asked: Run, probing: (run: Run) => Probing, host: Host): Promise<Run> {
  const run = await settleAcl(asked, (tried) => probePermissions(probing(tried)));
  // Other servers have no such policies, and may ignore conditions.
  const isAsked = run.input.undo === undefined && isAws('destination', run.input, host);
  const conditional = isAsked && (await findEnforcedConditions(probing(run)));
  return conditional ? { ...run, settings: { ...run.settings, conditional } } : run;
}

function knownAccount(account: string | undefined): Pick<Run, 'account'> {
  return account === undefined ? {} : { account };
}

/** Rejects a place for reports and locks within one of the folders: they would be mirrored, or deleted as orphans. */
function refuseOwnReports(input: SyncInput, { runStore }: Host): void {
  const source = formatS3Url(input.source, input.prefix);
  const destination = formatS3Url(input.destination, input.destinationPrefix);
  for (const place of [runFolder(''), LOCKS_FOLDER, EVIDENCE_FOLDER, GRACE_FOLDER, LACKS_FOLDER, UPLOADS_FOLDER].map(
    (folder) => runStore.locate(folder),
  )) {
    const side = [source, destination].find((folder) => folder.startsWith(place) || place.startsWith(folder));
    if (side === undefined) continue;
    throw new InvalidInputError(
      `Expected reports and locks to be kept apart from what is mirrored: ${place} and ${side} overlap. ` +
        'Choose another bucket or folder for the reports',
    );
  }
}

/** Orphans wait from one run to the next, so their dates have to be kept somewhere. */
function refuseLostDates({ deleteAfter, delete: deletes }: SyncInput, { runStore }: Host): void {
  if (deleteAfter === undefined || !deletes || !runStore.keepsNothing) return;
  throw new InvalidInputError(
    `Expected a place for reports if \`deleteAfter\` is set, got none, and ${JSON.stringify(deleteAfter)}: the dates of ` +
      'orphans are kept beside the reports. Name a folder or a bucket for them, or leave out `deleteAfter`',
    { field: 'deleteAfter' },
  );
}

/** Rejects the name of an earlier run. State machines may share a report bucket, and execution names may be reused after 90 days. */
async function refuseUsedName(id: string, { runStore }: Host): Promise<void> {
  const folder = `${runFolder(id)}/`;
  const names = await runStore.list(folder);
  // an earlier attempt of this Task may have left what it found out about the server, and its list of keys
  const own = [lacksFolder(id), keysFolder(id)];
  if (names.every((name) => own.some((left) => `${name}/`.startsWith(left)))) return;
  throw new InvalidInputError(
    `Expected a name that no other run has had, got the execution "${id}": its report is in ${runStore.locate(folder)}. ` +
      'Start the execution with another name',
  );
}

/** Rejects a KMS key of another Region: S3 encrypts only with keys of the bucket's own Region. */
function refuseForeignKey({ sseKmsKeyId, destination }: SyncInput, destinationRegion: string): void {
  if (sseKmsKeyId === undefined || regionOfArn(sseKmsKeyId) === destinationRegion) return;
  throw new InvalidInputError(
    `Expected \`sseKmsKeyId\` to be a key in ${destinationRegion}, where ${formatS3Url(destination)} is, got "${sseKmsKeyId}"`,
  );
}

interface FirstObjects {
  readonly source: Found;
  readonly destination: Found;
}

function contentOf({ source }: Samples): Pick<Run, 'content'> {
  return source ? { content: placeOf(source.key) } : {};
}

/**
 * Whether the run makes a plan and applies it. In an empty destination nothing can be lost, so a run without guards copies while it
 * walks. A retry knows its keys already. An undo changes only what its plan has looked at. Without a place for reports, no plan can be kept.
 */
function decidesFirst(input: SyncInput, { destination }: FirstObjects, { runStore }: Host): boolean {
  const { plan, strict, maxOverwrites, maxCost, maxDeletes } = input;
  if (input.undo !== undefined) return true;
  if (plan === false || isAboutSomeKeys(input) || runStore.keepsNothing) return false;
  const isAsked = plan === true || strict || [maxOverwrites, maxCost, maxDeletes].some((limit) => limit !== undefined);
  return isAsked || !isEmpty(destination);
}

/** Whether no object of the source is known to take part, perhaps because the search took too long. Then only a plan can tell. */
function mayBeEmpty(input: SyncInput, first: FirstObjects, takingPart: Samples): boolean {
  // even a plan cannot tell, because it looks at few objects
  if (isAboutSomeKeys(input)) return false;
  return input.delete && !input.allowEmptySource && !takingPart.source && !isEmpty(first.destination);
}

/** Rejects an empty source: the mirror would delete everything at the destination. */
function refuseEmptySource(input: SyncInput, { source, destination }: FirstObjects): void {
  if (!input.delete || input.allowEmptySource || !isEmpty(source) || !destination.object) return;
  throw new SourceEmptyError(
    `${formatS3Url(input.source, input.prefix)} is empty and ${formatS3Url(input.destination, input.destinationPrefix)} is not: ` +
      'the mirror would delete everything there. If that is what you want, set `allowEmptySource` to true',
  );
}

/** Whether the side was listed to its end and has no content. Folder markers are not content. */
function isEmpty({ object, isSure }: Found): boolean {
  return isSure && object === undefined;
}
