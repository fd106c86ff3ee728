import { formatBytes, formatCount } from '../../wording/numbers';
import type { Verdict } from '../frame/suite';
import type { ScaleMeasurement } from './measure-run';
import type { ScaleResults } from './results';

const MIB = 1024 ** 2;
const STATE_LIMIT_BYTES = 200 * 1024;
const BILLION_EVENTS = 1000;
const MOST_MEMORY_GROWTH = 1.2;

/** What is promised about large buckets; by size, only where that size was run. */
export function judgeScale({ runs }: ScaleResults): Verdict[] {
  return [
    ...runs.map(didItsWork),
    ...runs.flatMap(staysSmall),
    ...runs.flatMap(listsLittle),
    ...memoryStaysFlat(runs),
    ...runs.flatMap(hasShortHistory),
  ];
}

const nameOf = ({ layers, objects }: ScaleMeasurement) => `${formatCount(objects)} objects, ${layers}`;

function didItsWork(run: ScaleMeasurement): Verdict {
  const measured = run.wrong ?? `${formatCount(run.copied)} copied, ${formatCount(run.deleted)} deleted`;
  return { claim: `${nameOf(run)}: each difference was found, nothing else touched`, holds: !run.wrong, measured };
}

function staysSmall(run: ScaleMeasurement): Verdict[] {
  const { stateBytes } = run;
  if (stateBytes === undefined) return [];
  const claim = `${nameOf(run)}: state under 200 KiB`;
  return [{ claim, holds: stateBytes < STATE_LIMIT_BYTES, measured: formatBytes(stateBytes) }];
}

/** A range ends within a page, so splitting costs requests; they weigh less the more objects there are. */
function listsLittle(run: ScaleMeasurement): Verdict[] {
  const percent = run.objects >= 1e8 ? 3 : 20;
  if (run.objects < 1e6 || (run.layers === 'simulated' && run.objects < 1e8)) return [];
  const above = (run.listRequests / run.listFloor - 1) * 100;
  const claim = `${nameOf(run)}: at most ${percent} % more LIST requests than the floor`;
  return [{ claim, holds: above <= percent, measured: `${above.toFixed(1)} %` }];
}

function memoryStaysFlat(runs: readonly ScaleMeasurement[]): Verdict[] {
  return (['engine', 'all'] as const).flatMap((layers) => {
    const ofLayers = runs.filter((run) => run.layers === layers && run.objects >= 1e6);
    const [small, large] = [ofLayers[0], ofLayers.at(-1)];
    if (!small || !large || small === large) return [];
    const growth = large.peakBytes / small.peakBytes;
    const [from, to] = [small, large].map(({ peakBytes }) => `${Math.round(peakBytes / MIB)} MiB`);
    const claim = `${nameOf(large)}: at most ${MOST_MEMORY_GROWTH} times the memory of ${formatCount(small.objects)}`;
    return [{ claim, holds: growth <= MOST_MEMORY_GROWTH, measured: `${from} and ${to}` }];
  });
}

function hasShortHistory(run: ScaleMeasurement): Verdict[] {
  const { historyEvents } = run;
  if (run.layers !== 'simulated' || historyEvents === undefined) return [];
  const claim = `${nameOf(run)}: under ${formatCount(BILLION_EVENTS)} events in the parent's history`;
  return [{ claim, holds: historyEvents < BILLION_EVENTS, measured: `${historyEvents}` }];
}
