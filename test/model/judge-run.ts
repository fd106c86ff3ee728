import type { Bucket, ObjectVersion } from '../../local/s3';
import type { Counters, ReportLine, RunSummary } from '../../statemachine/contract';
import { everyLine } from '../support/report-lines';
import type { Carried } from './reference/facts';
import type { LoopCounts, Outcome, PhaseOutcome } from './reference/outcome';
import type { Request } from './reference/request';
import { snapshotOf, versionsOf } from './snapshot';

/** A run that has ended, and what the model had foretold of it. */
export interface JudgedRun {
  readonly request: Request;
  readonly expected: Outcome;
  readonly summary: RunSummary;
  /** A Task was tried again, so that a line may be there twice. */
  readonly repeated: boolean;
  readonly before: Readonly<Record<'source' | 'destination', ReadonlyMap<string, ObjectVersion>>>;
  readonly source: Bucket;
  readonly destination: Bucket;
}

/** @returns each thing in which the run was not as foretold, as a sentence */
export function judgeRun(run: JudgedRun): string[] {
  return [
    ...judgeEnding(run),
    ...judgeDestination(run),
    ...judgeUntouched(run),
    ...judgePhases(run),
    ...judgeTotals(run),
    ...judgeReport(run),
  ];
}

function judgeEnding({ expected, summary }: JudgedRun): string[] {
  if (summary.error?.name === expected.error) return [];
  return [`expected the error ${expected.error}, got ${summary.error?.name}: ${summary.error?.message}`];
}

/** Content, headers, metadata, tags and storage class of all that the folder holds. */
function judgeDestination({ request, expected, destination }: JudgedRun): string[] {
  const held = snapshotOf(destination, request.destinationPrefix);
  const keys = [...new Set([...expected.holds.keys(), ...held.keys()])];
  return keys.flatMap((key) => {
    const [should, does] = [expected.holds.get(key), held.get(key)].map((facts) => facts && describe(facts));
    return should === does ? [] : [`expected ${JSON.stringify(key)} to be ${should}, got ${does}`];
  });
}

function describe({ sizeBytes, content, headers, tags, storageClass }: Carried): string {
  return JSON.stringify({ sizeBytes, content, headers, tags, storageClass });
}

/** The source, what lies outside of the folder, and what was neither copied nor deleted: not even written again. */
function judgeUntouched({ request, expected, before, source, destination }: JudgedRun): string[] {
  const written = new Set([...expected.copied, ...expected.deleted].map((key) => `${request.destinationPrefix}${key}`));
  return [
    ...changesOf(before.source, versionsOf(source)).map((key) => `the source's ${JSON.stringify(key)} was touched`),
    ...changesOf(before.destination, versionsOf(destination))
      .filter((key) => !written.has(key))
      .map((key) => `${JSON.stringify(key)} was touched`),
  ];
}

function changesOf(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));
}

function judgePhases({ expected, summary }: JudgedRun): string[] {
  const [should, did] = [expected.phases, summary.phases].map((phases) => phases.map(({ name }) => name).join());
  if (should !== did) return [`expected the phases ${should}, got ${did}`];
  return expected.phases.flatMap((phase, index) => {
    const counted = summary.phases[index];
    if (!counted) return [];
    // The delete loop walks while the copy loop writes, unless both apply a plan: it may meet what is new.
    const fresh = phase.name === 'sync' && !expected.appliesPlan ? phase.copied.length : 0;
    return [
      ...judgeCounts(`${phase.name}, copies`, phase.copy, counted.copy, 0),
      ...judgeCounts(`${phase.name}, deletes`, phase.delete, counted.delete, fresh),
      ...judgeProved(phase.name, counted.copy),
    ];
  });
}

function judgeCounts(what: string, should: LoopCounts, did: Counters, fresh: number): string[] {
  const more = did.listed - should.listed;
  const fits = more >= 0 && more <= fresh;
  return (Object.keys(should) as (keyof LoopCounts)[]).flatMap((name) => {
    const wanted = should[name] + (fits && (name === 'listed' || name === 'unchanged') ? more : 0);
    return (did[name] ?? 0) === wanted ? [] : [`${what}: expected ${wanted} ${name}, got ${did[name]}`];
  });
}

/** A verify phase says of each equal pair once by what; no other phase does. */
function judgeProved(phase: string, { proved = {}, unchanged }: Counters): string[] {
  const should = phase === 'verify' ? unchanged : 0;
  const did = Object.values(proved).reduce((sum, count) => sum + count, 0);
  return did === should ? [] : [`${phase}: expected to hear of ${should} pairs by what they are equal, got ${did}`];
}

const TOTALS = [
  ...(['listed', 'copied', 'copiedBytes', 'overwritten', 'deleted', 'unchanged', 'skipped', 'failed'] as const),
  'waiting' as const,
];

/** The totals are of what was written, and of what a plan left alone; or of a dry run's plan. */
function judgeTotals({ request, expected, summary }: JudgedRun): string[] {
  const counted = summary.phases.filter(({ name }) => request.dryRun || (name !== 'plan' && name !== 'verify'));
  return TOTALS.flatMap((name) => {
    const sum = counted.reduce(
      (total, { copy, delete: deletes }) => total + (copy[name] ?? 0) + (deletes[name] ?? 0),
      expected.appliesPlan ? leftAlone(expected.phases[0], name) : 0,
    );
    return (summary.totals[name] ?? 0) === sum
      ? []
      : [`expected the total of ${name} to be ${sum}, got ${summary.totals[name]}`];
  });
}

/** What a plan counts without its actions. */
function leftAlone(plan: PhaseOutcome | undefined, name: (typeof TOTALS)[number]): number {
  if (!plan) return 0;
  const unchanged = plan.copy.unchanged + plan.delete.unchanged;
  const skipped = plan.copy.skipped + plan.delete.skipped - plan.restored.length;
  const waiting = plan.copy.waiting - plan.restored.length;
  return (
    new Map<string, number>(Object.entries({ listed: unchanged + skipped, unchanged, skipped, waiting })).get(name) ?? 0
  );
}

/** Each phase reports what it decided, each key once, and whether that was done. */
function judgeReport({ expected, summary, repeated }: JudgedRun): string[] {
  if (summary.report === undefined) return expected.phases.length === 0 ? [] : ['expected a report, got none'];
  // Whether a run asks for a restore, or finds one under way, depends on its attempts: what is left alone is judged by the counters.
  const actions = everyLine(summary, 'actions').filter(({ action }) => action !== 'skip' && action !== 'restore');
  const lines = [...actions, ...everyLine(summary, 'failures')];
  const [should, did] = [expected.phases.flatMap(linesOf), lines.map(describeLine)].map((all) => {
    return (repeated ? [...new Set(all)] : all).sort();
  });
  return should?.join('\n') === did?.join('\n') ? [] : [`expected the lines ${should?.join()}, got ${did?.join()}`];
}

function linesOf({ name, writes, copied, deleted, failed }: PhaseOutcome): string[] {
  const outcome = writes ? 'done' : name === 'verify' ? 'differs' : 'planned';
  const act = (action: string) => (name === 'verify' ? 'compare' : action);
  return [
    ...copied.map((key) => [name, act('copy'), outcome, key].join(' ')),
    ...deleted.map((key) => [name, act('delete'), outcome, key].join(' ')),
    ...failed.map((key) => [name, act('copy'), 'failed', key].join(' ')),
  ];
}

function describeLine({ phase, action, outcome, key }: ReportLine): string {
  return [phase, action, outcome, key].join(' ');
}
