import type { Counters, FoundAtDestination, KeyRange, Phase, Run, RunError } from '../../../statemachine/contract';
import { nameMirror } from '../../../wording/name-mirror';

const LOOPS: Readonly<Record<string, 'copy' | 'delete'>> = {
  CopyRange: 'copy',
  AdvanceCopy: 'copy',
  DeleteRange: 'delete',
  AdvanceDelete: 'delete',
};
const MOST_RANGES = 10;

type Fields = Record<string, unknown>;

/** The fields of all inputs of Tasks that the log looks at. */
interface AnyInput {
  readonly run?: Run;
  readonly state?: { readonly run?: Run };
  readonly executionName?: string;
  readonly phase?: Phase;
  readonly phases?: readonly Phase[];
  readonly round?: number;
  readonly loop?: { readonly round?: number };
  readonly index?: number;
  readonly share?: { readonly ranges?: number };
  readonly tokens?: readonly KeyRange[];
}

/** The fields of all results of Tasks that the log looks at. */
interface AnyResult {
  readonly run?: Run;
  readonly phases?: readonly { readonly name: string }[];
  readonly tokens?: readonly unknown[];
  readonly waiting?: readonly unknown[];
  readonly uploads?: readonly unknown[];
  readonly counters?: Counters;
  readonly totals?: Counters;
  readonly atDestination?: FoundAtDestination;
  readonly awayMs?: number;
  readonly lostDeletes?: number;
  readonly status?: 'succeeded' | 'failed';
  readonly elapsedMs?: number;
  readonly report?: string;
  /** As Step Functions writes it, or as the summary has it. */
  readonly error?: { readonly Error: string } | Pick<RunError, 'name'>;
}

/** Where in its run a Task is. A range has a number, because its bounds are keys. */
export function whereOf(task: string, input: unknown): Fields {
  const { run, state, executionName, phase, phases, round, loop, index, share } = (input ?? {}) as AnyInput;
  return withoutAbsent({
    task,
    ...aboutRun(run ?? state?.run, executionName),
    phase: phase?.name ?? phases?.[0]?.name,
    loop: LOOPS[task],
    round: round ?? loop?.round,
    range: index,
    ranges: share?.ranges,
  });
}

/** The bounds of its ranges, for the level debug. */
export function boundsOf(input: unknown): readonly KeyRange[] | undefined {
  return ((input ?? {}) as AnyInput).tokens
    ?.slice(0, MOST_RANGES)
    .map(({ after, until }) => withoutAbsent({ after, until }));
}

/** What a Task has done, and what it leaves. */
export function outcomeOf(result: unknown): Fields {
  const { run, phases, tokens, waiting, uploads, counters, totals, elapsedMs, error, ...rest } = (result ??
    {}) as AnyResult;
  // a loop between two rounds has the sum of all its rounds, whose ranges have told of theirs
  const isOwn = elapsedMs !== undefined;
  return withoutAbsent({
    ...aboutRun(run),
    ...(isOwn && numbersOf(counters ?? totals)),
    orphans: isOwn ? rest.atDestination?.deleted : undefined,
    rangesLeft: tokens && tokens.length + (waiting?.length ?? 0),
    uploadsLeft: uploads?.length || undefined,
    nextPhase: phases?.[0]?.name,
    lockId: run?.lockId,
    awayMs: rest.awayMs,
    lostDeletes: rest.lostDeletes || undefined,
    status: rest.status,
    runMs: rest.status && elapsedMs,
    report: rest.report,
    error: error && ('Error' in error ? error.Error : error.name),
  });
}

function aboutRun(run: Run | undefined, name?: string): Fields {
  return { runId: run?.id ?? name, mirror: run && nameMirror(run.input) };
}

function numbersOf(counters: Counters | undefined): Fields {
  if (!counters) return {};
  const { listed, copied, copiedBytes, deleted, unchanged, skipped, failed, requests } = counters;
  return { listed, copied, copiedBytes, deleted, unchanged, skipped, failed, requests };
}

function withoutAbsent<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
