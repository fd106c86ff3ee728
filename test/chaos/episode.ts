import fc from 'fast-check';
import type { RunSummary } from '../../statemachine/contract';
import { keys as arbitraryKeys } from '../support/arbitrary-keys';
import { finished, startCli } from '../support/cli-process';
import { changeBucket, count, Disturbances, type Tally } from '../support/disturbances';
import type { Mirror } from '../support/mirror';
import { pick, randomOf } from '../support/random';
import { Watch, type WatchedRun } from '../support/watch';

/**
 * Two random buckets, some runs in which everything goes wrong that can, and one in which nothing does.
 *
 * @param seed  the same one makes the same buckets and chooses the same disturbances
 * @returns what no run may do and one did
 */
export async function playEpisode(mirror: Mirror, seed: number, tally: Tally): Promise<string[]> {
  const random = randomOf(seed);
  const watch = createPair(mirror, seed, random);
  const options: WatchedRun = {
    pageSize: 1 + Math.floor(random() * 8),
    input: { allowEmptySource: true, conditional: random() < 0.3, compare: pick(['auto', 'metadata'], random) },
    host: { roundBudgetsMs: [pick([1, 20, 60_000], random)] },
  };
  const keys = keysOf(watch);
  const change = () => changeBucket(watch.pair.source, keys, random);
  for (let step = 1 + Math.floor(random() * 4); step > 0; step--) {
    const plan = random() < 0.3 ? await planRun(mirror, watch, options, tally) : undefined;
    for (let changes = Math.floor(random() * 4); changes > 0; changes--) change();
    if (random() < 0.15) await runAndKill(mirror, watch, { random, tally, plan });
    else await runDisturbed(mirror, watch, { ...options, ...(plan && { plan }) }, { random, tally, change });
  }
  count(tally, 'run undisturbed');
  await watch.expectConvergence(options);
  return watch.violations;
}

function createPair(mirror: Mirror, seed: number, random: () => number): Watch {
  const { source, destination, input } = mirror.createPair({
    destination: random() < 0.5 ? { versioning: 'Enabled' } : {},
  });
  const [keys = []] = fc.sample(arbitraryKeys(25), { seed, numRuns: 1 });
  const all = ['k', ...keys];
  for (const key of all) {
    if (random() < 0.7) changeBucket(source, [key], random);
    if (random() < 0.6) destination.put(key, 'of before');
  }
  return new Watch(mirror, { source, destination, input });
}

function keysOf({ pair }: Watch): string[] {
  const all = [pair.source, pair.destination].flatMap(({ index }) => [...index.after('')].map(({ key }) => key));
  return [...new Set([...all, 'new', 'new/\u{1f600}'])];
}

/** @returns the plan that the next run applies, after some changes */
async function planRun(mirror: Mirror, { pair }: Watch, options: WatchedRun, tally: Tally): Promise<RunSummary> {
  count(tally, 'plan to apply later');
  return mirror.run({ ...pair.input, ...options.input, dryRun: true }, options);
}

interface Chance {
  readonly random: () => number;
  readonly tally: Tally;
  readonly change: () => void;
}

async function runDisturbed(
  mirror: Mirror,
  watch: Watch,
  options: WatchedRun,
  { random, tally, change }: Chance,
): Promise<void> {
  const rates = {
    fault: random() * 0.2,
    change: pick([0, 0.05], random),
    timeOut: pick([0, 0.1], random),
    twice: pick([0, 0.2], random),
  };
  const { onRequest, around } = new Disturbances(rates, random, tally, change);
  mirror.s3.onRequest = onRequest;
  count(tally, 'run disturbed');
  try {
    await watch.run({ ...options, around, overlapping: rates.twice > 0 });
  } finally {
    mirror.s3.onRequest = undefined;
  }
}

/** Runs the command line and kills it at one of its requests; the lock stays behind. @param plan  what it applies */
async function runAndKill(
  mirror: Mirror,
  watch: Watch,
  { random, tally, plan }: Omit<Chance, 'change'> & { readonly plan: RunSummary | undefined },
): Promise<void> {
  const { source, destination } = watch.pair;
  const held = watch.begin();
  const args = plan
    ? ['apply', plan.runId]
    : ['run', `s3://${source.name}`, `s3://${destination.name}`, '--allow-empty-source'];
  const child = startCli(mirror.s3, args, { BUCKETSYNC_REPORT_LOCATION: mirror.reportLocation });
  let requests = Math.floor(random() * 30);
  mirror.s3.onRequest = () => {
    requests -= 1;
    if (requests < 0) child.kill('SIGKILL');
    return undefined;
  };
  const { exitCode } = await finished(child);
  mirror.s3.onRequest = undefined;
  watch.judgeDeletes(held);
  if (plan) watch.judgePlanned(plan);
  count(tally, exitCode === null ? 'kill' : 'run that ended before it was killed');
}
