import type { Verdict } from '../frame/suite';
import { CASES, type CaseName } from './cases';
import type { PeersResults } from './results';
import type { Run, Speed } from './run-tool';

/** What bucketsync promises beside others. Speed is judged only at the sizes that the promises are about. */
export function judgePeers({ runs }: PeersResults): Verdict[] {
  const own = runs.filter(({ tool }) => tool === 'bucketsync');
  const unchanged = own.filter((run) => run.case === 'unchanged' || run.case === 'nightly');
  return [...own.map(isMirror), ...unchanged.map(asksForNoObject), ...speedVerdicts(runs)];
}

function isMirror({ case: name, speed, wrong, lost }: Run): Verdict {
  return {
    claim: `${name}, ${speed}: the destination is equal to the source`,
    holds: !wrong && !lost,
    measured: wrong ?? lost ?? 'keys, contents, headers, metadata, ETags',
  };
}

/** What a run asks before it begins, however many objects there are, to find out whether it may. */
const OWN_HEADS = 6;

function asksForNoObject({ case: name, speed, requests: { HeadObject = 0 } }: Run): Verdict {
  const claim = `${name}, ${speed}: no HEAD for an unchanged object`;
  return { claim, holds: HeadObject <= OWN_HEADS, measured: `${HeadObject} HEADs in all` };
}

function speedVerdicts(runs: readonly Run[]): Verdict[] {
  const full = runs.filter((run) => run.objects === CASES[run.case].size);
  return (Object.keys(CASES) as CaseName[]).flatMap((name) => [
    ...(name === 'unchanged'
      ? [...faster(full, 's5cmd', 10), ...faster(full, 'aws-cli', 20)]
      : fastest(full, name, 's3')),
    ...fastest(full, name, 'full'),
    ...memoryVerdicts(full, name),
  ]);
}

/** How much memory a run may take if nothing has changed, beside s5cmd. */
const MOST_MEMORY = 1.5;

function memoryVerdicts(runs: readonly Run[], name: CaseName): Verdict[] {
  const isUnchanged = name === 'unchanged' || name === 'nightly';
  const [own, other] = ['bucketsync', 's5cmd'].map((tool) => find(runs, name, 's3', tool)[0]);
  if (!isUnchanged || !own || !other) return [];
  const times = own.peakBytes / other.peakBytes;
  const claim = `${name}, s3: at most ${MOST_MEMORY} times the memory of s5cmd`;
  return [{ claim, holds: times <= MOST_MEMORY, measured: `${times.toFixed(1)} times` }];
}

function faster(runs: readonly Run[], rival: string, times: number): Verdict[] {
  const [own, other] = ['bucketsync', rival].map((tool) => find(runs, 'unchanged', 's3', tool)[0]);
  if (!own || !other) return [];
  return [
    {
      claim: `unchanged, s3: at least ${times} times faster than ${rival}`,
      holds: other.wallMs >= times * own.wallMs,
      measured: `${(other.wallMs / own.wallMs).toFixed(1)} times`,
    },
  ];
}

/** Those that did not do the job are not compared with; where some lost a part of the objects, the others also alone. */
function fastest(runs: readonly Run[], name: CaseName, speed: Speed): Verdict[] {
  const [own] = find(runs, name, speed, 'bucketsync');
  const rivals = find(runs, name, speed).filter(({ tool, wrong }) => tool !== 'bucketsync' && !wrong);
  const whole = rivals.filter(({ lost }) => !lost);
  if (!own) return [];
  const claim = `${name}, ${speed}: at least as fast as the fastest other`;
  return [
    ...notSlower(claim, own, rivals),
    ...(whole.length < rivals.length ? notSlower(`${claim} whose copies are equal in all`, own, whole) : []),
  ];
}

function notSlower(claim: string, own: Run, rivals: readonly Run[]): Verdict[] {
  const [best] = [...rivals].sort((a, b) => a.wallMs - b.wallMs);
  if (!best) return [];
  const measured = `${Math.round(own.wallMs)} ms, ${best.tool} ${Math.round(best.wallMs)} ms`;
  return [{ claim, holds: own.wallMs <= best.wallMs, measured }];
}

function find(runs: readonly Run[], name: CaseName, speed: Speed, tool?: string): Run[] {
  return runs.filter((run) => run.case === name && run.speed === speed && (tool === undefined || run.tool === tool));
}
