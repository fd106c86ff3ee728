import { synthesize } from '../synthesize';
import { evaluate, type Series } from './metric-math';

const HOUR = 3600;
const START = Date.parse('2026-01-01T00:00:00Z') / 1000;

/** A metric of the dashboard's body: an expression, or a metric with its name and its options. */
type Shown = readonly [{ readonly expression?: string; readonly label?: string }] | readonly unknown[];

interface Widget {
  readonly type: string;
  readonly properties: { readonly title?: string; readonly view?: string; readonly metrics?: readonly Shown[] };
}

/** The dashboard's body. What CloudFormation fills in becomes a dot. */
function widgets(): Widget[] {
  const template = synthesize({
    source: 'staging',
    destination: 'production',
    schedule: 'rate(1 day)',
    alarmEmail: 'me@example.com',
  });
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const joined = dashboard?.Properties.DashboardBody['Fn::Join'];
  const text = joined[1].map((part: unknown) => (typeof part === 'string' ? part : '.')).join('');
  return JSON.parse(text).widgets;
}

const SUCCESSES = widgets().find(({ properties }) => properties.title?.endsWith(': successes'));
const [first] = SUCCESSES?.properties.metrics ?? [];
const EXPRESSION = (first?.[0] as { expression?: string } | undefined)?.expression ?? '';

/** A value for each hour; undefined: no run has ended in it. */
function ageAfter(hours: readonly (0 | 1 | 2 | undefined)[]): number | undefined {
  const periods = hours.map((_, hour) => START + hour * HOUR);
  const success: Series = new Map(
    periods.flatMap((at, hour) => (hours[hour] === undefined ? [] : [[at, hours[hour] as number] as const])),
  );
  const ages = evaluate(EXPRESSION, { periods, metrics: { success } });
  return typeof ages === 'number' ? ages : ages.get(periods.at(-1) ?? 0);
}

describe('the age of the last success on the dashboard', () => {
  it('is the first number of the mirror, in hours', () => {
    expect(SUCCESSES).toMatchObject({ type: 'metric', properties: { view: 'singleValue' } });
    expect(first?.[0]).toMatchObject({ label: 'hours since the last one', period: HOUR });
    expect(JSON.stringify(SUCCESSES)).toContain('"RunSucceeded"');
  });

  it.each<[says: string, hours: (0 | 1 | 2 | undefined)[], age: number | undefined]>([
    ['none in the hour of a success', [undefined, 1], 0],
    ['the hours without any run since then', [1, undefined, undefined, undefined], 3],
    ['not shortened by a run that failed', [1, undefined, 0, 0], 3],
    ['that of the last of several', [1, undefined, 2, undefined], 1],
    ['not known if no run has succeeded', [0, undefined, 0], undefined],
    ['not known before the first run', [undefined, undefined], undefined],
  ])('is %s', (_says, hours, age) => {
    expect(ageAfter(hours)).toBe(age);
  });
});
