import { transferOut } from '../../../lambdas/engine/cost/prices';
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

const NEAR = { sourceRegion: 'eu-west-1', destinationRegion: 'eu-west-1' };
const FAR = { ...NEAR, destinationRegion: 'us-east-1' };
const DEAR = { ...NEAR, sourceRegion: 'sa-east-1' };

it.each([
  ['leaves AWS', AWS, OTHER, true, NEAR, { transferOut: 0.9 }],
  ['leaves a region of AWS that is dear', AWS, OTHER, false, DEAR, { transferOut: 1.38 }],
  ['leaves AWS for a machine that sends it back', AWS, AWS, false, FAR, { transferOut: 0.9 }],
  ['goes through Lambda within a region', AWS, AWS, true, NEAR, {}],
  ['goes through Lambda to another region', AWS, AWS, true, FAR, { s3Transfer: 0.2 }],
  ['comes to AWS', OTHER, AWS, false, FAR, {}],
  ['never sees AWS', OTHER, OTHER, true, FAR, {}],
])('counts the transfer of what %s', (_what, source, destination, isDeployed, regions, transfer) => {
  const sides = { streams: true, source, destination };
  const { total, items, notIncluded = [] } = addStreams(COST, PHASES, sides, { ...regions, isDeployed });

  const usd = Object.values(transfer).reduce((sum, each) => sum + each, 0);
  expect({ total, items }).toEqual({ total: 1 + usd, items: { s3List: 1, ...transfer } });
  expect(notIncluded.includes('what the other S3 charges')).toBe(!source.isAws || !destination.isAws);
});

it.each([
  [0, 0],
  [10 * 1024, 921.6],
  [50 * 1024, 921.6 + 40 * 1024 * 0.085],
  [200 * 1024, 921.6 + 40 * 1024 * 0.085 + 100 * 1024 * 0.07 + 50 * 1024 * 0.05],
])('charges less for each GiB the more of them leave AWS: %d', (gib, usd) => {
  expect(transferOut(gib, 'us-east-1')).toBeCloseTo(usd, 6);
});

it('adds nothing to a run that its server copies for', () => {
  const run = { ...NEAR, isDeployed: true };
  expect(addStreams(COST, PHASES, { streams: false, source: AWS, destination: AWS }, run)).toBe(COST);
  expect(addStreams(COST, PHASES, undefined, run)).toBe(COST);
});
