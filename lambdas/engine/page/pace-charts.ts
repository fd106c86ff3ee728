import { scaleLinear } from 'd3-scale';
import { area, curveStepAfter } from 'd3-shape';
import { formatBytes, formatCount, formatDuration } from '../../../wording/numbers';
import type { PaceDocument } from '../report/pace';

/** A drawing of how much was done in each second, over the time of the run. */
export interface PaceChart {
  readonly name: string;
  /** For those who do not see it. */
  readonly description: string;
  readonly path: string;
  readonly lines: readonly { readonly at: string }[];
  readonly most: string;
  readonly begin: string;
  readonly end: string;
}

export const CHART = { width: 720, height: 120 };
/** A curve of fewer steps says nothing. */
const FEWEST_STEPS = 3;

export function drawPace(pace: PaceDocument | undefined): PaceChart[] {
  if (!pace || pace.copied.length < FEWEST_STEPS) return [];
  const charts = [
    draw('Objects copied per second', pace, pace.copied, (rate) => formatCount(rate)),
    draw('Bytes copied per second', pace, pace.bytes, formatBytes),
    draw('Objects deleted per second', pace, pace.deleted, (rate) => formatCount(rate)),
  ];
  return charts.filter((chart) => chart !== undefined);
}

function draw(
  name: string,
  { stepMs, startedAt }: PaceDocument,
  amounts: readonly number[],
  format: (rate: number) => string,
): PaceChart | undefined {
  const rates = amounts.map((amount) => (amount * 1000) / stepMs);
  const peak = Math.max(...rates);
  if (peak === 0) return undefined;
  const across = scaleLinear([0, rates.length], [0, CHART.width]);
  const up = scaleLinear([0, peak], [CHART.height, 1]).nice(4);
  const shape = area<number>()
    .x((_, step) => across(step))
    .y0(CHART.height)
    .y1((rate) => up(rate))
    .curve(curveStepAfter)
    .digits(1);
  const took = rates.length * stepMs;
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  return {
    name,
    description: `${name}, over ${formatDuration(took)}: ${format(mean)} on average, ${format(peak)} at most.`,
    // the last step has a width, too
    path: shape([...rates, rates.at(-1) ?? 0]) ?? '',
    lines: up.ticks(4).map((tick) => ({ at: up(tick).toFixed(1) })),
    most: format(up.domain()[1] ?? peak),
    begin: new Date(startedAt).toISOString().slice(11, 19),
    end: new Date(startedAt + took).toISOString().slice(11, 19),
  };
}
