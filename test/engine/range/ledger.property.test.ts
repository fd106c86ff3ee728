import fc from 'fast-check';
import { FormerVersions } from '../../../lambdas/engine/range/former-versions';
import { Ledger } from '../../../lambdas/engine/range/ledger';
import type { Phase, ReportLine } from '../../../statemachine/contract';

const KEYS = ['', 'a', 'b/', '\u{1f600}'];

/** Each way to close an object, with what it counts as and the action that the report shows. */
const WAYS = {
  unchanged: { counts: 'unchanged', action: undefined, call: (ledger, key) => void ledger.unchanged(key, 'eTag') },
  leftOut: { counts: 'skipped', action: undefined, call: (ledger, key) => ledger.leftOut(key) },
  skipped: { counts: 'skipped', action: 'skip', call: (ledger, key) => void ledger.skipped(entry(key), 'gone') },
  waiting: { counts: 'skipped', action: 'restore', call: (ledger, key) => void ledger.waiting(entry(key), true) },
  copied: { counts: 'copied', action: 'copy', call: (ledger, key) => void ledger.copied(entry(key), 'missing') },
  deleted: { counts: 'deleted', action: 'delete', call: (ledger, key) => void ledger.deleted(entry(key)) },
  failed: { counts: 'failed', action: 'copy', call: (ledger, key) => fail(ledger, key) },
  handOn: { counts: undefined, action: undefined, call: (ledger, key) => ledger.handOn({ until: key }) },
  leave: { counts: undefined, action: undefined, call: (ledger, key) => ledger.leave(key) },
} as const satisfies Record<string, Way>;

interface Way {
  readonly counts: 'unchanged' | 'skipped' | 'copied' | 'deleted' | 'failed' | undefined;
  readonly action: ReportLine['action'] | undefined;
  call(ledger: Ledger, key: string): void;
}

type Step = 'meet' | keyof typeof WAYS;

const names = Object.keys(WAYS) as (keyof typeof WAYS)[];
const anyKey = fc.constantFrom(...KEYS);
const anySteps = fc.array(fc.tuple(fc.constantFrom<Step[]>('meet', 'meet', 'meet', ...names), anyKey), {
  maxLength: 12,
});

/** Each object is met and closed once; others may be met in between. */
const goodSteps = fc
  .uniqueArray(fc.tuple(anyKey, fc.constantFrom(...names)), { selector: ([key]) => key })
  .chain((closings) => fc.tuple(fc.constant(closings), fc.shuffledSubarray(closings, { minLength: closings.length })))
  .map(([met, closed]) => [
    ...met.map(([key]): [Step, string] => ['meet', key]),
    ...closed.map(([key, name]): [Step, string] => [name, key]),
  ]);

it('counts and reports each object once, in any order', () => {
  fc.assert(
    fc.property(goodSteps, (steps) => {
      const { ledger, lines } = play(steps);
      const closings = steps.flatMap(([name]) => (name === 'meet' ? [] : [WAYS[name] as Way]));

      expect(() => ledger.expectBalance()).not.toThrow();
      expect(lines.map(({ action }) => action)).toEqual(closings.flatMap(({ action }) => action ?? []));
      for (const outcome of ['unchanged', 'skipped', 'copied', 'deleted', 'failed'] as const) {
        expect(ledger.counters[outcome]).toBe(closings.filter(({ counts }) => counts === outcome).length);
      }
      expect(ledger.counters.listed).toBe(closings.filter(({ counts }) => counts !== undefined).length);
      expect(ledger.handedOn).toHaveLength(steps.filter(([name]) => name === 'handOn').length);
    }),
  );
});

it('does not balance if an object was decided twice, never met, or never decided', () => {
  fc.assert(
    fc.property(anySteps, (steps) => {
      const { ledger, lines } = play(steps);
      const { unchanged, skipped, copied, deleted, failed, listed } = ledger.counters;

      // Whatever was called, the outcomes add up
      expect(unchanged + skipped + copied + deleted + failed).toBe(listed);
      expect(lines.length).toBeLessThanOrEqual(listed);
      if (isGood(steps)) expect(() => ledger.expectBalance()).not.toThrow();
      else expect(() => ledger.expectBalance()).toThrow(/to be decided once/);
    }),
  );
});

it.each<[string, [Step, string][]]>([
  ['"a" was met and never decided', [['meet', 'a']]],
  ['"a" was decided again, or never met', [['copied', 'a']]],
  [
    '"a" was met again before it was decided',
    [
      ['meet', 'a'],
      ['meet', 'a'],
      ['copied', 'a'],
    ],
  ],
  [
    '"b/" was decided again, or never met',
    [
      ['meet', 'b/'],
      ['copied', 'b/'],
      ['failed', 'b/'],
    ],
  ],
  [
    '"b/" was decided again, or never met',
    [
      ['meet', 'b/'],
      ['handOn', 'b/'],
      ['copied', 'b/'],
    ],
  ],
])('says that %s', (text, steps) => {
  expect(() => play(steps).ledger.expectBalance()).toThrow(text);
});

it.each([
  ['verify', { eTag: 1 }],
  ['sync', undefined],
] as const)('counts in the phase %s what proved objects unchanged: %j', (name, proved) => {
  const { ledger } = play(
    [
      ['meet', 'a'],
      ['unchanged', 'a'],
    ],
    name,
  );

  expect(ledger.counters.proved).toEqual(proved);
});

it('forgets which version of an object is read once the object is closed, in whatever way', () => {
  for (const name of names) {
    const formerVersions = new FormerVersions();
    const ledger = new Ledger({ add: () => undefined }, { name: 'sync' }, () => 0, { formerVersions });
    for (const key of ['a', 'b']) {
      formerVersions.set(key, `version of ${key}`);
      ledger.meet(key);
    }
    WAYS[name].call(ledger, 'a');

    expect([formerVersions.size, formerVersions.of('a'), formerVersions.of('b')]).toEqual([
      1,
      undefined,
      'version of b',
    ]);
  }
});

function play(steps: readonly (readonly [Step, string])[], name: Phase['name'] = 'sync') {
  const lines: ReportLine[] = [];
  const ledger = new Ledger({ add: (line) => void lines.push(line) }, { name }, () => 0);
  for (const [step, key] of steps) {
    if (step === 'meet') ledger.meet(key);
    else WAYS[step].call(ledger, key);
  }
  return { ledger, lines };
}

/** The rule, written again: every meeting is followed by one closing of the same key, and nothing else is closed. */
function isGood(steps: readonly (readonly [Step, string])[]): boolean {
  return KEYS.every((key) => {
    const own = steps.filter(([, of]) => of === key).map(([step]) => step === 'meet');
    return own.every((isMeeting, index) => isMeeting === (index % 2 === 0)) && own.length % 2 === 0;
  });
}

function entry(key: string) {
  return { key, sizeBytes: 1, eTag: 'e' };
}

function fail(ledger: Ledger, key: string): void {
  void ledger.failed('copy', entry(key), 'refused', new Error('no'));
}
