import type { Assumption, Finding, Stage } from './assumption';
import type { Recorded } from './fixtures';
import type { Lab } from './lab';
import { describeError } from './outcome';
import type { StageId } from './stage-options';

/** The verdict for a stage that no option selected. */
export const NOT_ASKED_FOR = 'not asked for';

export interface Results {
  readonly findings: readonly Finding[];
  readonly recorded: readonly Recorded[];
}

/** How many exchanges of a difference to keep. The last ones say most. */
const MOST_EXCHANGES = 20;

/**
 * Tests the selected stages, in order.
 *
 * @param onFinding  called for each assumption when it is decided
 */
export async function runStages(
  stages: readonly Stage[],
  chosen: ReadonlySet<StageId>,
  lab: Lab,
  signal: AbortSignal,
  onFinding: (finding: Finding) => void,
): Promise<Results> {
  const findings: Finding[] = [];
  const recorded: Recorded[] = [];
  for (const stage of stages) {
    for (const assumption of stage.assumptions) {
      const reason = reasonNotToRun(stage, assumption, { stages, chosen, findings, lab, signal });
      lab.stage = stage.id;
      const finding = reason ? notRun(stage, assumption, reason) : await tryOut(stage, assumption, lab, signal);
      const exchanges = lab.takeExchanges();
      if (assumption.recorded !== false && exchanges.length > 0) {
        recorded.push({ stage: stage.id, assumption: assumption.id, exchanges });
      }
      const decided =
        finding.verdict === 'different' ? { ...finding, exchanges: exchanges.slice(-MOST_EXCHANGES) } : finding;
      findings.push(decided);
      onFinding(decided);
    }
  }
  return { findings, recorded };
}

interface Progress {
  readonly stages: readonly Stage[];
  readonly chosen: ReadonlySet<StageId>;
  readonly findings: readonly Finding[];
  readonly lab: Lab;
  readonly signal: AbortSignal;
}

function reasonNotToRun(stage: Stage, { option }: Assumption, progress: Progress): string | undefined {
  const { stages, chosen, findings, lab, signal } = progress;
  if (signal.aborted) return 'interrupted';
  if (lab.spending.exceeded) return `the ceiling of $${lab.spending.maxUsd} is reached`;
  if (!chosen.has(stage.id) || (option !== undefined && !lab.options[option])) return NOT_ASKED_FOR;
  const needed = stages.filter(({ id }) => id === stage.id || stage.needs.includes(id)).flatMap(essentialOf);
  const missing = findings.find(
    ({ id, verdict, reason }) => needed.includes(id) && verdict !== 'as assumed' && reason !== NOT_ASKED_FOR,
  );
  return missing && `it needs ${missing.id}`;
}

function essentialOf(stage: Stage): readonly string[] {
  return stage.assumptions.filter(({ essential }) => essential).map(({ id }) => id);
}

async function tryOut(stage: Stage, assumption: Assumption, lab: Lab, signal: AbortSignal): Promise<Finding> {
  const observed = await assumption.observe(lab).catch(describeError);
  const { expected } = assumption;
  if (signal.aborted) return notRun(stage, assumption, 'interrupted');
  if (lab.spending.exceeded) return notRun(stage, assumption, `the ceiling of $${lab.spending.maxUsd} is reached`);
  const verdict = expected === undefined ? 'measured' : observed === expected ? 'as assumed' : 'different';
  return { ...describe(stage, assumption), observed, verdict };
}

function notRun(stage: Stage, assumption: Assumption, reason: string): Finding {
  return { ...describe(stage, assumption), verdict: 'not run', reason };
}

function describe(stage: Stage, { id, says, source, expected }: Assumption) {
  return { id, stage: stage.id, says, source, ...(expected !== undefined && { expected }) };
}
