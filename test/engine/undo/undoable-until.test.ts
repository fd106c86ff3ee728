import { firstExpiry } from '../../../lambdas/engine/undo/undoable-until';

const STARTED = Date.parse('2026-03-01T09:00:00Z');

it.each<[what: string, rules: [folder: string, days: number][], until: string | undefined]>([
  ['there is no rule', [], undefined],
  ['the rule is for another folder', [['other/', 30]], undefined],
  ['a rule is for all', [['', 30]], '2026-04-01T00:00:00.000Z'],
  [
    'two rules are',
    [
      ['', 30],
      ['', 1],
    ],
    '2026-03-03T00:00:00.000Z',
  ],
  ['a rule is for a part', [['site/img/', 2]], '2026-03-04T00:00:00.000Z'],
  ['a rule is for keys that begin alike', [['si', 2]], '2026-03-04T00:00:00.000Z'],
])('says until when former versions surely stay: %s', (_what, rules, until) => {
  const expiries = rules.map(([folder, days]) => ({ folder, days }));

  expect(firstExpiry(expiries, 'site/', STARTED)).toBe(until);
});

it('rounds up to midnight UTC, as S3 does', () => {
  const midnight = Date.parse('2026-03-01T00:00:00Z');
  expect(firstExpiry([{ folder: '', days: 1 }], '', midnight)).toBe('2026-03-02T00:00:00.000Z');
  expect(firstExpiry([{ folder: '', days: 1 }], '', midnight + 1)).toBe('2026-03-03T00:00:00.000Z');
});
