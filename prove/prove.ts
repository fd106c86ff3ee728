import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Estimate, Finding, Stage } from './assumption';
import type { Signing } from './aws-call';
import { cleanUp, type Leftover } from './clean-up';
import { observedClient } from './clients';
import { findAccount } from './find-account';
import { writeFixtures } from './fixtures';
import { Journal, type Place } from './journal';
import { Lab, newName } from './lab';
import { NOT_ASKED_FOR, runStages } from './run-stages';
import { Spending } from './spending';
import type { StageId, StageOptions } from './stage-options';
import { STAGES } from './stages';

export interface ProveOptions extends StageOptions {
  /** Stages that were asked for by letter; absent = all that the options allow. */
  readonly stages?: ReadonlySet<StageId>;
  readonly maxUsd: number;
  /** Folder of the journals. */
  readonly journalFolder: string;
  /** File of the whole result. */
  readonly resultFile: string;
  readonly recordFolder?: string;
  readonly region: string;
  readonly endpoint?: string;
  readonly signal: AbortSignal;
}

/** What the proof is about to do, for the person who has to allow it. */
export interface Intent {
  readonly place: Place;
  readonly stages: readonly Stage[];
  readonly estimate: Estimate;
  readonly maxUsd: number;
}

export interface Proof {
  readonly place: Place;
  readonly startedAt: string;
  readonly findings: readonly Finding[];
  readonly spent: { readonly usd: number; readonly requests: Spending['requests']; readonly other: Spending['other'] };
  readonly leftovers: readonly Leftover[];
  /** The file that names them, until `prove --clean` has removed them. */
  readonly journal: string;
}

export interface Listener {
  /** @returns whether to begin */
  allow(intent: Intent): Promise<boolean>;
  onFinding(finding: Finding): void;
}

/** Tests bucketsync's assumptions about AWS. @returns undefined if it was not allowed to begin */
export async function prove(options: ProveOptions, listener: Listener): Promise<Proof | undefined> {
  const { region, endpoint, maxUsd, signal } = options;
  const stages = STAGES.filter((stage) => isChosen(stage, options));
  const account = await Promise.race([findAccount(signingOf(endpoint)(region)), aborted(signal)]);
  const place: Place = { name: newName(), account, region, endpoint };
  if (signal.aborted || !(await listener.allow({ place, stages, estimate: estimateOf(stages, options), maxUsd })))
    return undefined;

  const startedAt = new Date().toISOString();
  const journal = Journal.create(options.journalFolder, place);
  const spending = new Spending(maxUsd);
  const lab = new Lab(journal, spending, options, signal);
  const chosen = new Set(stages.map(({ id }) => id));
  const results = await runStages(STAGES, chosen, lab, signal, listener.onFinding);
  spending.isCleaningUp = true;
  const leftovers = await cleanUp(journal, (region) => ({ client: lab.clientOf(region), region, endpoint }));
  lab.destroy();
  if (options.recordFolder !== undefined) writeFixtures(options.recordFolder, place, results.recorded);
  const { usd, requests, other } = spending;
  const proof: Proof = {
    place,
    startedAt,
    findings: results.findings,
    spent: { usd, requests, other },
    leftovers,
    journal: journal.file,
  };
  mkdirSync(dirname(options.resultFile), { recursive: true });
  writeFileSync(options.resultFile, `${JSON.stringify(proof, null, 2)}\n`);
  return proof;
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort');
}

/** 0: everything is as assumed, 1: there is a difference, 2: something was not tested, or is left behind. */
export function exitCodeOf({ findings, leftovers }: Pick<Proof, 'findings' | 'leftovers'>): number {
  if (findings.some(({ verdict }) => verdict === 'different')) return 1;
  const isStopped = findings.some(({ verdict, reason }) => verdict === 'not run' && reason !== NOT_ASKED_FOR);
  return isStopped || leftovers.length > 0 ? 2 : 0;
}

/** What was removed of a proof that did not clean up after itself. */
export interface Cleaned {
  readonly name: string;
  readonly removed: number;
  readonly leftovers: readonly Leftover[];
  /** Why nothing was tried. */
  readonly skipped?: string;
}

/** Cleans up after all proofs whose journal is in the folder. */
export async function cleanAll(
  options: Pick<ProveOptions, 'journalFolder' | 'region' | 'endpoint'>,
): Promise<Cleaned[]> {
  const account = await findAccount(signingOf(options.endpoint)(options.region));
  const cleaned: Cleaned[] = [];
  for (const journal of Journal.readAll(options.journalFolder)) {
    const { name } = journal.head;
    const skipped = reasonToSkip(journal, { account, endpoint: options.endpoint });
    const count = journal.left.length;
    const leftovers = skipped ? [] : await cleanUp(journal, signingOf(journal.head.endpoint));
    cleaned.push({ name, removed: skipped ? 0 : count - leftovers.length, leftovers, ...(skipped && { skipped }) });
  }
  return cleaned;
}

function reasonToSkip({ head, isInUse }: Journal, { account, endpoint }: Partial<Place>): string | undefined {
  if (isInUse) return `it is still at work, as process ${head.pid}`;
  if (head.endpoint !== endpoint) return `it worked at ${head.endpoint ?? 'AWS'}: give the same --endpoint-url`;
  return head.account === account
    ? undefined
    : `it worked in account ${head.account}, and this is ${account ?? 'unknown'}`;
}

function isChosen(stage: Stage, given: ProveOptions): boolean {
  if (given.stages && !given.stages.has(stage.id)) return false;
  return stage.options === undefined || stage.options.some((option) => given[option]);
}

function estimateOf(stages: readonly Stage[], given: StageOptions): Estimate {
  const asked = stages.flatMap(({ assumptions }) => assumptions.filter(({ option }) => !option || given[option]));
  const estimates = [...stages, ...asked].map(({ estimate }) => estimate ?? { requests: 0, usd: 0 });
  return {
    requests: estimates.reduce((sum, { requests }) => sum + requests, 0),
    usd: estimates.reduce((sum, { usd }) => sum + usd, 0),
  };
}

/** For requests that belong to no assumption. */
function signingOf(endpoint: string | undefined): (region: string) => Signing {
  const watcher = { beforeRequest: () => {}, afterAnswer: () => {} };
  return (region) => ({ client: observedClient(region, endpoint, watcher), region, endpoint });
}
