import { addStreams } from '../../../lambdas/engine/cost/streamed-cost';
import { emptyCounters, type FinishedPhase } from '../../../statemachine/contract';

const COST = { total: 1, items: { s3List: 1 }, notIncluded: ['storage'] };

function phase(name: FinishedPhase['name'], copiedBytes: number): FinishedPhase {
  const loop = { counters: { ...emptyCounters(), copiedBytes }, rounds: 1, ranges: 1, mapRanges: 0, busyMs: 0 };
  return { name, copy: loop, delete: { ...loop, counters: emptyCounters() } };
}

const PHASES = [phase('plan', 100 * 1024 ** 3), phase('sync', 10 * 1024 ** 3), phase('verify', 1)];
const AWS = { isAws: true };
const OTHER = { isAws: false, endpoint: 'https://s3.example.com' };

it.each([
  ['leaves AWS', AWS, OTHER, true, 0.9],
  ['leaves AWS for a machine that sends it back', AWS, AWS, false, 0.9],
  ['goes through Lambda from AWS to AWS', AWS, AWS, true, 0],
  ['comes to AWS', OTHER, AWS, false, 0],
])('counts the transfer of what %s', (_what, source, destination, isDeployed, usd) => {
  const {
    total,
    items,
    notIncluded = [],
  } = addStreams(COST, PHASES, { streams: true, source, destination }, isDeployed);

  expect({ total, usd: items.transferOut ?? 0 }).toEqual({ total: 1 + usd, usd });
  expect(notIncluded.includes('what the other S3 charges')).toBe(!source.isAws || !destination.isAws);
});

it('adds nothing to a run that its server copies for', () => {
  expect(addStreams(COST, PHASES, { streams: false, source: AWS, destination: AWS }, true)).toBe(COST);
  expect(addStreams(COST, PHASES, undefined, true)).toBe(COST);
});
