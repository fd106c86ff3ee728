import { InvalidInputError } from '../../../statemachine/errors';
import { parseDeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import { settleInput } from '../../../statemachine/input/deployed-settings';
import { parseSyncInput } from '../../../statemachine/input/parse-sync-input';

const BUCKETS = { source: 'bucket-from', destination: 'bucket-to' };

function errorOf(work: () => unknown): InvalidInputError {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidInputError) return error;
  }
  throw new Error('Expected an InvalidInputError');
}

it.each([
  ['compare', { compare: 'by name' }],
  ['include', { include: ['ok', '/rooted'] }],
  ['exlude', { exlude: ['a'] }],
  ['maxSize', { minSize: 2, maxSize: 1 }],
  ['olderThan', { newerThan: '2026-02-01', olderThan: '2026-01-01' }],
  ['sse', { sse: 'AES256', sseKmsKeyId: 'arn:aws:kms:eu-west-1:111111111111:key/k' }],
  ['archived', { mode: 'publish', archived: 'restore' }],
  ['archived', { order: ['*.json'], archived: 'restore' }],
  ['order', { order: Array.from({ length: 11 }, (_, index) => `${index}.json`) }],
  ['order', { order: ['x'.repeat(513), 'y'.repeat(512)] }],
  ['order', { order: ['*.json', '*.json'] }],
  ['order', { order: ['*.json', 'drafts/'] }],
  ['invalidate', { invalidate: { distribution: 'EDFDVBD6EXAMPLE', maxPath: 1 } }],
  ['invalidate', { invalidate: { maxPaths: 1 } }],
  ['invalidate', { invalidate: { distribution: 'EDFDVBD6EXAMPLE', paths: ['/ok', '/a~b'] } }],
  ['destination', { destination: BUCKETS.source }],
])(
  'an error of the input has the field `%s`, and its message names it for who has the message alone',
  (field, wrong) => {
    const error = errorOf(() => parseSyncInput({ ...BUCKETS, ...wrong }));

    expect(error.field).toBe(field);
    expect(error.message).toContain(`\`${field}`);
  },
);

it.each([
  ['delete', { delete: true }],
  ['compare', { compare: 'size' }],
])('an error of a deployed mirror has the field `%s`', (field, asked) => {
  const mirror = parseDeployedMirror({ ...BUCKETS, delete: false });

  expect(errorOf(() => settleInput(asked, [mirror])).field).toBe(field);
});

it('an error that is about no single field has none, whatever fields its message names', () => {
  const error = errorOf(() =>
    parseSyncInput({ ...BUCKETS, include: Array.from({ length: 900 }, (_, i) => `${i}`.padStart(60, 'x')) }),
  );

  expect(error.message).toContain('`include`');
  expect(error.field).toBeUndefined();
});
