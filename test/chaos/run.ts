import { parseArgs } from 'node:util';
import { playCase } from '../model/play-case';
import { sampleCase } from '../model/sample-case';
import { count, type Tally } from '../support/disturbances';
import { Mirror } from '../support/mirror';
import { playEpisode } from './episode';
import { VirtualTime } from './virtual-time';
import { Writers } from './writers';

/** What is played with a seed; returns what no run may do and one did. */
type Play = (seed: number, tally: Tally) => Promise<readonly string[]>;

/** Model cases are short, so that there are several for each episode. */
const CASES_AT_ONCE = 8;

const PLAYS = ['episodes', 'model', 'writers'] as const;

/** Runs everything, or what `--only` names, for this many minutes: first with `seed`, then with the next number, and so on. */
async function main(): Promise<void> {
  const { minutes, firstSeed, plays } = readArguments();
  Math.random = () => 0; // the SDK waits a random part of a growing time before it asks again
  const mirror = new Mirror();
  const time = new VirtualTime();
  await mirror.start({ now: () => new Date(time.now()) });
  const writers = await Writers.start(mirror, time);
  const play: Readonly<Record<(typeof PLAYS)[number], Play>> = {
    episodes: (seed, tally) => playEpisode(mirror, seed, tally),
    model: (seed, tally) => playCases(mirror, seed, tally),
    writers: (seed, tally) => writers.play(seed, tally),
  };
  const tally: Tally = new Map();
  let violations = 0;
  const end = Date.now() + minutes * 60_000;
  let seed = firstSeed;
  for (; Date.now() < end; seed++) {
    for (const name of plays) {
      count(tally, `played: ${name}`);
      const found = [...(await play[name](seed, tally).catch(thrown)), ...mirror.iam.denials.splice(0)];
      violations += found.length;
      for (const violation of found) {
        console.log(`VIOLATION, repeat with --only ${name} --minutes 0.01 --seed ${seed}: ${violation}`);
      }
    }
  }
  await writers.stop();
  await mirror.stop();
  console.log(`\nseeds ${firstSeed} to ${seed - 1}`);
  for (const [what, times] of [...tally].sort(([a], [b]) => a.localeCompare(b))) console.log(`${what}: ${times}`);
  console.log(`violations: ${violations}`);
  process.exitCode = violations > 0 ? 1 : 0;
}

/** No run may end without a summary. */
function thrown(error: unknown): string[] {
  return [`threw ${error instanceof Error ? error.stack : error}`];
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '30' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      only: { type: 'string' },
    },
  });
  const [minutes, firstSeed] = [Number(values.minutes), Number(values.seed)];
  const plays = PLAYS.filter((name) => values.only === undefined || name === values.only);
  if (!(minutes > 0) || !Number.isInteger(firstSeed) || plays.length === 0) {
    throw new Error(`Expected --minutes N, --seed N and --only ${PLAYS.join('|')}`);
  }
  return { minutes, firstSeed, plays };
}

/** Cases of the independent model. Each of the `CASES_AT_ONCE` has a seed of its own. */
async function playCases(mirror: Mirror, seed: number, tally: Tally): Promise<string[]> {
  const violations: string[] = [];
  for (let index = 0; index < CASES_AT_ONCE; index++) {
    count(tally, 'model, cases');
    const played = await playCase(mirror, sampleCase(seed * CASES_AT_ONCE + index));
    for (const ending of played.endings) count(tally, `model, runs: ${ending}`);
    violations.push(...played.violations.map((violation) => `case ${index}: ${violation}`));
  }
  return violations;
}

void main();
