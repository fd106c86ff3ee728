import { parseArgs } from 'node:util';
import type { Tally } from '../support/disturbances';
import { Mirror } from '../support/mirror';
import { playEpisode } from './episode';

/** Plays episodes for so many minutes, the first one with `seed`, each other with the next number. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '30' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    },
  });
  const [minutes, firstSeed] = [Number(values.minutes), Number(values.seed)];
  if (!(minutes > 0) || !Number.isInteger(firstSeed)) throw new Error('Expected --minutes N and --seed N');
  Math.random = () => 0; // the SDK waits a random part of a growing time before it asks again
  const mirror = new Mirror();
  await mirror.start({});
  const tally: Tally = new Map();
  const violations: string[] = [];
  const end = Date.now() + minutes * 60_000;
  let seed = firstSeed;
  for (; Date.now() < end; seed++) {
    const found = await playEpisode(mirror, seed, tally);
    for (const violation of found) {
      violations.push(violation);
      console.log(`VIOLATION, repeat with --minutes 0.01 --seed ${seed}: ${violation}`);
    }
    const denials = mirror.iam.denials.splice(0);
    if (denials.length > 0) violations.push(...denials);
  }
  await mirror.stop();
  console.log(`\nepisodes: ${seed - firstSeed}, seeds ${firstSeed} to ${seed - 1}`);
  for (const [what, times] of [...tally].sort(([a], [b]) => a.localeCompare(b))) console.log(`${what}: ${times}`);
  console.log(`violations: ${violations.length}`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}

void main();
