import type { LifecycleRule } from '@aws-sdk/client-s3';
import { firstExpiry } from '../../../local/doctor/undoable-until';

const STARTED = Date.parse('2026-03-01T09:00:00Z');

function rule(ID: string, NoncurrentDays: number, more: Partial<LifecycleRule> = {}): LifecycleRule {
  return { ID, Status: 'Enabled', Filter: { Prefix: '' }, NoncurrentVersionExpiration: { NoncurrentDays }, ...more };
}

it.each<[what: string, rules: LifecycleRule[], expected: object | undefined]>([
  ['there is no rule', [], undefined],
  ['a rule ends only uploads', [{ ID: 'a', Status: 'Enabled', Filter: {} }], undefined],
  ['the rule is off', [rule('a', 30, { Status: 'Disabled' })], undefined],
  ['the rule is for another folder', [rule('a', 30, { Filter: { Prefix: 'other/' } })], undefined],
  ['a rule is for all', [rule('a', 30)], { until: '2026-04-01T00:00:00.000Z', days: 30, rule: 'a' }],
  ['two rules are', [rule('a', 30), rule('b', 1)], { until: '2026-03-03T00:00:00.000Z', days: 1, rule: 'b' }],
  ['a rule is for a part', [rule('a', 2, { Filter: { Prefix: 'site/img/' } })], expect.objectContaining({ days: 2 })],
  ['a rule is for tags', [rule('a', 2, { Filter: { And: { Prefix: 'si' } } })], expect.objectContaining({ days: 2 })],
  ['a rule is an old one', [rule('a', 2, { Filter: undefined, Prefix: '' })], expect.objectContaining({ days: 2 })],
])('says until when former versions surely stay: %s', (_what, rules, expected) => {
  expect(firstExpiry(rules, 'site/', STARTED)).toEqual(expected);
});

it('rounds up to midnight UTC, as S3 does', () => {
  const midnight = Date.parse('2026-03-01T00:00:00Z');
  expect(firstExpiry([rule('a', 1)], '', midnight)?.until).toBe('2026-03-02T00:00:00.000Z');
  expect(firstExpiry([rule('a', 1)], '', midnight + 1)?.until).toBe('2026-03-03T00:00:00.000Z');
});
