import { isCopied } from './compare';
import type { Carried, Folder, ObjectFacts } from './facts';
import { globMatches } from './globs';
import {
  hasContent,
  isContent,
  isLeftOut,
  keysBehind,
  letsContentThrough,
  type Request,
  showsContent,
  takesPart,
} from './request';

/** What a loop counts. */
export interface LoopCounts {
  readonly listed: number;
  readonly copied: number;
  readonly copiedBytes: number;
  readonly overwritten: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
  readonly waiting: number;
}

/** What a phase decided, by key. */
export interface PhaseOutcome {
  readonly name: string;
  readonly writes: boolean;
  readonly copied: readonly string[];
  /** Of these, the keys that the destination has already. */
  readonly overwritten: readonly string[];
  /** Archived objects that would have to be read. */
  readonly failed: readonly string[];
  /** Archived objects of which nobody has asked a restore yet. */
  readonly restored: readonly string[];
  readonly deleted: readonly string[];
  readonly copy: LoopCounts;
  readonly delete: LoopCounts;
}

/** What a run has to come to, told from its input and both sides as they are before it. */
export interface Outcome {
  readonly error: string | undefined;
  /** Those that ran, in order; the last one is the one that the error ended. */
  readonly phases: readonly PhaseOutcome[];
  /** The phases behind a plan do what it says, and count nothing else. */
  readonly appliesPlan: boolean;
  /** The destination's folder after the run. */
  readonly holds: ReadonlyMap<string, Carried>;
  readonly copied: readonly string[];
  readonly deleted: readonly string[];
}

interface PhasePlan {
  readonly name: string;
  readonly copy: boolean;
  readonly delete: boolean;
  readonly writes: boolean;
  readonly selects: (key: string) => boolean;
}

const all = () => true;
const isPage = (key: string) => /\.html?\/*$/i.test(key);
const none: LoopCounts = {
  listed: 0,
  copied: 0,
  copiedBytes: 0,
  overwritten: 0,
  deleted: 0,
  unchanged: 0,
  skipped: 0,
  failed: 0,
  waiting: 0,
};

/** Later than any date in a bucket: that of what the run itself writes. */
const NOW = Number.MAX_SAFE_INTEGER;

export function outcomeOf(request: Request, source: Folder, destination: Folder): Outcome {
  const phases: PhaseOutcome[] = [];
  let error: string | undefined;
  let planned: PhaseOutcome | undefined;
  let holds = destination;
  const isRefused = isEmptied(request, source, destination);
  for (const plan of isRefused ? [] : plansOf(request, source, destination)) {
    const phase = plan.writes && planned ? apply(plan, planned, source) : decide(request, plan, source, holds);
    phases.push(phase);
    if (plan.writes) holds = write(request, phase, source, holds);
    error = errorOf(request, phase, source);
    if (error !== undefined) break;
    if (plan.name !== 'plan') continue;
    planned = phase;
    if (hasNothingToDo(phase)) break;
  }
  const written = phases.filter(({ writes }) => writes);
  return {
    error: isRefused ? 'SourceEmptyError' : error,
    phases,
    appliesPlan: !request.dryRun && phases[0]?.name === 'plan',
    holds,
    copied: written.flatMap((phase) => phase.copied),
    deleted: written.flatMap((phase) => phase.deleted),
  };
}

/** The source holds nothing, and the destination has something to lose. */
function isEmptied(request: Request, source: Folder, destination: Folder): boolean {
  if (!request.delete || request.allowEmptySource) return false;
  return !hasContent(request, source) && hasContent(request, destination);
}

function plansOf(request: Request, source: Folder, destination: Folder): PhasePlan[] {
  const { dryRun, mode, order, delete: deletes, verify } = request;
  const plan = { name: 'plan', writes: false, selects: all };
  if (dryRun) return [{ ...plan, copy: true, delete: deletes }];
  const writing = { writes: true, delete: false, copy: true };
  const isPlanned = decidesFirst(request, source, destination);
  return [
    ...(isPlanned ? [{ ...plan, copy: true, delete: deletes }] : []),
    ...(mode === 'mirror' && order.length === 0
      ? [{ ...writing, name: 'sync', delete: deletes, selects: all }]
      : [
          ...stepsOf(request).map((step) => ({ ...writing, ...step })),
          ...(deletes ? deletesOf(request, isPlanned && request.plan !== false) : []),
        ]),
    ...(verify ? [{ name: 'verify', copy: true, delete: deletes, writes: false, selects: all }] : []),
  ];
}

/** A plan is applied from what refers to others to what they refer to. A run that was told not to plan does so only to see whether the source has content. */
function deletesOf({ mode, order }: Request, isDivided: boolean): PhasePlan[] {
  const only = { writes: true, copy: false, delete: true };
  if (!isDivided) return [{ ...only, name: 'deletes', selects: all }];
  const isLate = (key: string) => (mode === 'publish' && isPage(key)) || order.some((glob) => globMatches(glob, key));
  return [
    { ...only, name: 'first-deletes', selects: isLate },
    { ...only, name: 'deletes', selects: (key) => !isLate(key) },
  ];
}

/** Each key is copied in the last step that names it. */
function stepsOf({ mode, order }: Request): Pick<PhasePlan, 'name' | 'selects'>[] {
  const first = mode === 'publish' ? ['assets', 'pages'] : ['step-1'];
  const stepOf = (key: string) => {
    const last = order.findLastIndex((glob) => globMatches(glob, key));
    if (last >= 0) return first.length + last;
    return mode === 'publish' && isPage(key) ? 1 : 0;
  };
  const names = [...first, ...order.map((_, index) => `step-${first.length + index + 1}`)];
  return names.map((name, index) => ({ name, selects: (key) => stepOf(key) === index }));
}

/** A run plans if there is something to lose or to judge, unless `plan` is false. It always plans if only a plan can tell whether the source is empty. */
function decidesFirst(request: Request, source: Folder, destination: Folder): boolean {
  const { plan, delete: deletes, maxDeletes, maxOverwrites, allowEmptySource } = request;
  const isGuarded = plan === true || maxDeletes !== undefined || maxOverwrites !== undefined;
  if (isGuarded || !hasContent(request, destination)) return isGuarded;
  return plan !== false || (deletes && !allowEmptySource && !showsContent(request, source));
}

function hasNothingToDo({ copied, failed, restored, deleted }: PhaseOutcome): boolean {
  return copied.length + failed.length + restored.length + deleted.length === 0;
}

/** What a phase does of a plan, and tries again of what the plan could not decide. What it leaves as it is does not count again. */
function apply({ name, writes, selects, ...loops }: PhasePlan, planned: PhaseOutcome, source: Folder): PhaseOutcome {
  const ofLoop = (isIn: boolean, keys: readonly string[]) => (isIn ? keys.filter(selects) : []);
  const copied = ofLoop(loops.copy, planned.copied);
  const failed = ofLoop(loops.copy, planned.failed);
  const restored = ofLoop(loops.copy, planned.restored);
  const deleted = ofLoop(loops.delete, planned.deleted);
  return {
    ...{ name, writes, copied, failed, restored, deleted },
    overwritten: copied.filter((key) => planned.overwritten.includes(key)),
    copy: {
      ...none,
      listed: copied.length + failed.length + restored.length,
      copied: copied.length,
      copiedBytes: bytesOf(copied, source),
      overwritten: copied.filter((key) => planned.overwritten.includes(key)).length,
      failed: failed.length,
      skipped: restored.length,
      waiting: restored.length,
    },
    delete: { ...none, listed: deleted.length, deleted: deleted.length },
  };
}

function bytesOf(keys: readonly string[], folder: Folder): number {
  return keys.reduce((sum, key) => sum + at(folder, key).sizeBytes, 0);
}

function decide(request: Request, plan: PhasePlan, source: Folder, holds: Folder): PhaseOutcome {
  const takes = (key: string) => takesPart(request, key) && plan.selects(key);
  const [there, here] = [keysBehind(request, source), keysBehind(request, holds)];
  // Of a key that the source has, its object decides; what is only at the destination decides for itself.
  const takesThere = (key: string) => takes(key) && !isLeftOut(request, at(source, key));
  const takesHere = (key: string) =>
    source.has(key) ? takesThere(key) : takes(key) && !isLeftOut(request, at(holds, key));
  const wanted = plan.copy ? there.filter((key) => takesThere(key) && differs(request, key, source, holds)) : [];
  const archived = wanted.filter((key) => source.get(key)?.archived);
  const failed = request.archived === 'fail' ? archived : [];
  const restored = request.archived === 'restore' ? archived.filter((key) => !at(source, key).restoring) : [];
  const copied = wanted.filter((key) => !archived.includes(key));
  const overwritten = copied.filter((key) => holds.has(key));
  const orphans = plan.delete ? here.filter((key) => takesHere(key) && !source.has(key)) : [];
  const isEmpty = !request.allowEmptySource && !letsContentThrough(request, source);
  const left = isEmpty ? orphans.filter((key) => !isContent(holds, key)) : [];
  const deleted = orphans.filter((key) => !left.includes(key));
  const skippedThere = there.filter((key) => !takesThere(key)).length + archived.length - failed.length;
  const skippedHere = here.filter((key) => !takesHere(key)).length + left.length;
  return {
    name: plan.name,
    writes: plan.writes,
    ...{ copied, overwritten, failed, restored, deleted },
    copy: plan.copy
      ? {
          ...none,
          listed: there.length,
          copied: copied.length,
          copiedBytes: bytesOf(copied, source),
          overwritten: overwritten.length,
          failed: failed.length,
          skipped: skippedThere,
          waiting: request.archived === 'restore' ? archived.length : 0,
          unchanged: there.length - copied.length - failed.length - skippedThere,
        }
      : none,
    delete: plan.delete
      ? {
          ...none,
          listed: here.length,
          deleted: deleted.length,
          skipped: skippedHere,
          unchanged: here.length - deleted.length - skippedHere,
        }
      : none,
  };
}

function differs({ compare }: Request, key: string, source: Folder, holds: Folder): boolean {
  const there = holds.get(key);
  return there === undefined || isCopied(compare, at(source, key), there);
}

function write(request: Request, { copied, deleted }: PhaseOutcome, source: Folder, holds: Folder): Folder {
  const after = new Map(holds);
  for (const key of copied) after.set(key, copyOf(request, at(source, key)));
  for (const key of deleted) after.delete(key);
  return after;
}

/** The destination encrypts as it is set to; with a key on either side no copy has the ETag of its source. */
function copyOf({ tags, storageClass, encrypts }: Request, object: ObjectFacts): ObjectFacts {
  return {
    ...object,
    second: NOW,
    encrypted: encrypts,
    eTag: encrypts || object.encrypted ? `copy of ${object.eTag}` : object.eTag,
    copyOf: object.eTag,
    tags: tags === 'copy' ? object.tags : '[]',
    storageClass: storageClass === 'same' ? object.storageClass : storageClass,
    archived: false,
    restoring: false,
  };
}

/** How many deletes a plan allows; a share is of what takes part at the destination. */
function limitOf({ maxDeletes }: Request, { delete: { listed, skipped } }: PhaseOutcome): number | undefined {
  if (typeof maxDeletes !== 'string') return maxDeletes;
  return Math.floor(((listed - skipped) * Number(maxDeletes.replace('%', ''))) / 100);
}

/** Of a run that deletes nothing, only those take part at the destination that the source has, too. */
function overwriteLimitOf({ maxOverwrites, delete: deletes }: Request, phase: PhaseOutcome): number {
  if (typeof maxOverwrites !== 'string') return maxOverwrites ?? Number.POSITIVE_INFINITY;
  const { copy } = phase;
  const all = deletes ? phase.delete.listed - phase.delete.skipped : copy.unchanged + copy.overwritten;
  return Math.floor((all * Number(maxOverwrites.replace('%', ''))) / 100);
}

function errorOf(request: Request, phase: PhaseOutcome, source: Folder): string | undefined {
  if (phase.name === 'plan') {
    const limit = limitOf(request, phase);
    const isEmpty = !request.allowEmptySource && !letsContentThrough(request, source);
    if (isEmpty && phase.deleted.length > 0) return 'SourceEmptyError';
    if (limit !== undefined && request.delete && phase.deleted.length > limit) return 'DeleteGuardError';
    if (phase.copy.overwritten > overwriteLimitOf(request, phase)) return 'OverwriteGuardError';
  }
  if (phase.failed.length > 0 && (phase.writes || request.dryRun)) return 'SyncIncompleteError';
  if (phase.name === 'verify' && phase.copied.length + phase.deleted.length > 0) return 'DriftError';
  return undefined;
}

function at(folder: Folder, key: string): ObjectFacts {
  const found = folder.get(key);
  if (found === undefined) throw new Error(`Expected the model to hold ${JSON.stringify(key)}`);
  return found;
}
