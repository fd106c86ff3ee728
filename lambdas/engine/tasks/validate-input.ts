import {
  emptyCounters,
  type Phase,
  type Run,
  type RunState,
  type SyncInput,
  type ValidateInputInput,
} from '../../../statemachine/contract';
import { SourceEmptyError } from '../../../statemachine/errors';
import { isExecutionArn } from '../../../statemachine/execution-id';
import { type SettledInput, settleInput } from '../../../statemachine/input/deployed-settings';
import { isAboutSomeKeys } from '../../../statemachine/some-keys';
import { formatS3Url } from '../../../wording/s3-url';
import { announceStart } from '../announce/announce-run';
import { withLimitOfRetry } from '../delete/retry-limit';
import { boundEvidence } from '../evidence/keep-evidence';
import { beginDates, begins } from '../grace/begin-dates';
import { boundDates } from '../grace/keep-dates';
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
import type { RequestObserver } from '../ports/request-observer';
import { AnswerDeadline, LIST_ATTEMPT_MS } from '../run/answer-deadline';
import { lookForAccount } from '../run/describe-place';
import { nameForRetry } from '../run/name-for-retry';
import { requireContract } from '../run/require-contract';
import { untilStopped } from '../run/until-stopped';
import { isAws } from '../server/is-aws';
import { Lacks } from '../server/lacks';
import { placeOfLacks } from '../server/place-of-lacks';
import { settleUndo } from '../undo/settle-undo';
import { refuseNothingToRetry } from '../wanted/failed-keys';
import { keepKeyList } from '../wanted/key-list';
import { takeKeyList } from '../wanted/take-key-list';
import { judgeApplied, phasesAfterPlan } from './apply-plan';
import { refuseForeignKey, refuseLostDates, refuseOwnReports, refuseUsedName } from './refuse-input';

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

/** Does one step, unless somebody stops the run. @param name  what the run had not done, for the error that says so */
type Step = <T>(name: string, work: () => Promise<T>, graceMs?: number) => Promise<T>;

async function validate(task: ValidateInputInput, host: Host, deadline: AnswerDeadline): Promise<RunState> {
  requireContract(task.contract);
  const step: Step = (name, work, graceMs = 0) => {
    deadline.begin(name);
    return untilStopped(work, host, { message: NOT_BEGUN, graceMs });
  };
  const account = lookForAccount(task, host);
  const { settled, applied } = await settle(task, host, deadline, step);
  const asked = await findBuckets(task, settled, host, step);
  // the plan has its keys already; only a comparison afterwards needs the list
  const needsKeys = !applied || asked.input.verify;
  const keys = needsKeys ? await step('read the list of its keys', () => takeKeyList(asked, host)) : undefined;
  const seen = await look(asked, applied, host, step);
  const { phases, settings, samples } = seen;
  const known = await step('judged the plan to apply', () =>
    judgeApplied({ ...asked, settings, ...contentOf(samples) }, applied, isEmpty(seen.first.source), host),
  );
  const run = await step('tried what it may do', () => tryOut(known, seen, host), PROBES_MS);
  if (keys)
    await step('kept the list of its keys', () => keepKeyList(asked.id, keys, host.runStore, host.invocationId));
  deadline.begin('took its lock');
  const writes = phases.some(({ write }) => write);
  const lockId = writes || begins(run) ? await takeLock(run, host) : undefined;
  const locked = { ...run, ...(lockId !== undefined && { lockId }) };
  const prepared = () => step('tried what its servers lack', () => prepare(locked, writes, seen, host), PROBES_MS);
  await orGiveBack(locked, host, prepared);
  return {
    run: { ...locked, ...knownAccount(account()) },
    phases,
    loops: startLoops(phases[0], locked, host.roundBudgetsMs),
    done: [],
  };
}

/** What the run does: the input with the settings of its deployment, of the plan that it applies, or of the run that it undoes. */
async function settle(
  task: ValidateInputInput,
  host: Host,
  deadline: AnswerDeadline,
  step: Step,
): Promise<{ readonly settled: SettledInput; readonly applied: PlanToApply | undefined }> {
  const settleAt = (startedAt: string) => settleInput(task.input, host.mirrors, startedAt, host.worlds?.isApart);
  const own = settleAt(task.startedAt);
  refuseOwnReports(own.input, host);
  refuseLostDates(own.input, host);
  deadline.about(own.input);
  await step('read what to try again', () => refuseNothingToRetry(own.input.retry, host));
  const limited = await step('read what to try again', () => withLimitOfRetry(own, host));
  const applied = await step('read the plan to apply', () => readPlanToApply(own.input.apply, settleAt, host.runStore));
  const undoing = await step('read the run to undo', () => settleUndo(limited, host.runStore));
  return { settled: applied?.settled ?? undoing, applied };
}

async function findBuckets(
  { executionName: id, executionId, startedAt, contract }: ValidateInputInput,
  { input, deployed }: SettledInput,
  host: Host,
  step: Step,
): Promise<Run> {
  const { requestPayer } = input;
  const side = input.undo === undefined ? 'source' : 'destination';
  const [sourceRegion, destinationRegion] = await step('looked for both buckets', () =>
    Promise.all([
      host.findRegion(input.source, input.sourceOwner, input.prefix, requestPayer, side),
      host.findRegion(
        ...([input.destination, input.destinationOwner, input.destinationPrefix, requestPayer] as const),
        'destination',
      ),
      refuseUsedName(id, host),
    ]),
  );
  refuseForeignKey(input, destinationRegion);
  const settings = { acls: false, website: false };
  const about = { contract, id, executionId, startedAt, input, ...(deployed && { deployed }) };
  return { ...about, sourceRegion, destinationRegion, settings };
}

/** What the run has seen of both sides before its first phase. */
interface Seen {
  readonly first: FirstObjects;
  readonly samples: Samples;
  readonly phases: Phase[];
  readonly settings: Run['settings'];
  readonly lacks: Lacks | undefined;
  readonly observer: RequestObserver;
}

async function look(asked: Run, applied: PlanToApply | undefined, host: Host, step: Step): Promise<Seen> {
  const { input } = asked;
  const stopAt = host.now() + host.remainingMs() - CLOSING_MS;
  const lacks = await step('read what its servers lack', () => Lacks.open(asked, placeOfLacks(input, host)));
  const limits = listLimits(host, () => stopAt);
  const listMs = () => Math.min(LIST_ATTEMPT_MS, limits.listMs());
  const observer = { counters: emptyCounters().requests, onSlowDown() {}, ...limits, listMs, lacks };
  const open = () => openBuckets(host, asked, observer);
  const first = await step('listed the first objects', () => findFirst(open(), input, host));
  refuseEmptySource(input, first);
  const samples = await step('listed objects that take part', () => findSamples(open(), objectsOf(first), asked, host));
  const phases = applied
    ? phasesAfterPlan(input, applied.plan)
    : planPhases(input, {
        mayBeEmpty: mayBeEmpty(input, first, samples),
        decidesFirst: decidesFirst(input, first, host),
      });
  const settings = await step('read the settings of its buckets', () =>
    readSettings(phases, host.openProbes(asked), input.acl),
  );
  return { first, samples, phases, settings, lacks, observer };
}

/** What is left to do when the run has its lock. */
async function prepare(run: Run, writes: boolean, { first, lacks, observer }: Seen, host: Host): Promise<void> {
  if (writes && run.input.undo === undefined) await refuseOneBucket(run, objectsOf(first), host, observer);
  await lacks?.close();
  // A local run that is killed has no FinishRun, so this limits what such runs leave behind. In AWS only FinishRun may delete files.
  if (!isExecutionArn(run.executionId)) {
    await boundEvidence(run.input, host);
    if (writes) await boundDates(run, host);
  }
  await beginDates(run, host);
}

function objectsOf({ source, destination }: FirstObjects) {
  return { source: source.object, destination: destination.object };
}

/** @returns the run, with the ACL and the conditions that its destination demands */
async function tryOut(asked: Run, { phases, samples, observer }: Seen, host: Host): Promise<Run> {
  const probing = (run: Run): Probing => {
    const [buckets, probes] = [openBuckets(host, run, observer), host.openProbes(run)];
    return { run, phases, buckets, probes, samples, id: host.invocationId, endpoint: host.endpoint };
  };
  const run = await settleAcl(asked, (tried) => probePermissions(probing(tried)));
  // Other servers have no such policies, and may ignore conditions.
  const isAsked = run.input.undo === undefined && isAws('destination', run.input, host);
  const conditional = isAsked && (await findEnforcedConditions(probing(run)));
  return conditional ? { ...run, settings: { ...run.settings, conditional } } : run;
}

function knownAccount(account: string | undefined): Pick<Run, 'account'> {
  return account === undefined ? {} : { account };
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
