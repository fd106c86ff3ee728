import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { randomCases } from '../../support/length';
import { type MirrorOptions, past, useMemoryMirror } from '../../support/memory-mirror';
import { randomOf } from '../../support/random';
import { roundsOf } from '../../support/rounds-of';

const mirror = useMemoryMirror();
afterEach(() => rmSync(join(mirror.runsFolder, 'grace'), { recursive: true, force: true }));

/** As the title says. */
const DAYS = 60;
const GRACE_DAYS = 7;
const KEYS = ['a', 'b0', 'b1', 'c/d', 'c/e', 'm', 'z'];
const FOLDERS = ['one', 'two'];

/**
 * A run that is killed at a random moment: between two Tasks, or at a write to the place for reports. From then on nothing of it
 * happens.
 */
function killed(random: () => number): Pick<MirrorOptions, 'around' | 'host'> {
  let tasks = Math.floor(random() * 9);
  let writes = random() < 0.5 ? Math.floor(random() * 12) : Number.POSITIVE_INFINITY;
  const live = () => {
    if (tasks < 0 || writes < 0) throw new Error('killed');
  };
  const { runStore } = mirror.hostOf();
  for (const method of ['put', 'putIfAbsent', 'delete'] as const) {
    const write = runStore[method].bind(runStore) as (...args: unknown[]) => Promise<never>;
    const mortal = async (...args: unknown[]) => {
      writes -= 1;
      live();
      return write(...args);
    };
    Object.assign(runStore, { [method]: mortal });
  }
  const around: MirrorOptions['around'] = async (_task, _input, invoke) => {
    tasks -= 1;
    live();
    const result = await invoke();
    live();
    return result;
  };
  return { around, host: { runStore } };
}

/** Since when a key has been an orphan, as far as anybody can know of whom runs were killed. */
interface Since {
  /** In the first run, of whatever kind, since the last whole run that saw the source have it. */
  readonly first: number;
  /** In the first whole run since the last run, of whatever kind, that may have seen the source have it. */
  readonly certain: number | undefined;
}

class Folder {
  #since = new Map<string, Since>();

  constructor(
    private readonly name: string,
    private readonly pair: ReturnType<typeof mirror.createPair>,
    private readonly random: () => number,
  ) {
    for (const key of ['stays', ...KEYS]) this.#put(key);
  }

  /** Keys come and go. */
  change(): void {
    for (const key of KEYS) {
      if (this.random() > 0.1) continue;
      if (this.#isAtSource(key)) this.pair.source.remove(`${this.name}/${key}`);
      else this.#put(key);
    }
  }

  async run(day: number): Promise<void> {
    const { random } = this;
    const before = KEYS.filter((key) => this.#isAtDestination(key));
    const [isKilled, isDirect, isShort] = [random() < 0.3, random() < 0.3, random() < 0.5];
    const fate = isKilled ? killed(random) : {};
    const input = { ...this.pair.input, prefix: this.name, deleteAfter: `${GRACE_DAYS}d` };
    const run = (more: object, at: number, { host, ...others }: Pick<MirrorOptions, 'around' | 'host'> = {}) =>
      mirror.run(
        { ...input, ...more },
        {
          ...others,
          startedAt: new Date(Date.UTC(2026, 5, 1) + at * 86_400_000),
          pageSize: 1 + Math.floor(random() * 4),
          host: { ...host, isRunning: async () => false, ...(isShort && roundsOf(1)) },
        },
      );
    const plan = random() < 0.3 ? await run({ dryRun: true }, day) : undefined;
    const begins = plan ? day + 0.5 : day;
    const more = plan ? { apply: plan.runId } : isDirect ? { plan: false } : {};
    const summary = await run(more, begins, fate).catch(() => undefined);
    if (!isKilled) expect(summary).toMatchObject({ status: 'succeeded' });
    this.#judge({ day, begins }, before, summary?.status === 'succeeded');
  }

  /** @param begins  when the time of new orphans begins: a plan is applied later on its day */
  #judge(
    { day, begins }: { readonly day: number; readonly begins: number },
    before: readonly string[],
    isWhole: boolean,
  ): void {
    for (const key of KEYS) {
      const known = this.#since.get(key);
      if (this.#isAtSource(key) || !before.includes(key)) {
        if (isWhole) this.#since.delete(key);
        else if (known) this.#since.set(key, { ...known, certain: undefined });
        continue;
      }
      const since: Since = { first: known?.first ?? begins, certain: known?.certain ?? (isWhole ? begins : undefined) };
      const isGone = !this.#isAtDestination(key);
      const [may, must] = [since.first, since.certain ?? begins].map((from) => day - from >= GRACE_DAYS);
      const about = { folder: this.name, key, day, ...since };
      if (isGone) expect({ ...about, isAllowed: may }).toEqual({ ...about, isAllowed: true });
      if (isWhole && must) expect({ ...about, isGone }).toEqual({ ...about, isGone: true });
      if (isGone) this.#since.delete(key);
      else this.#since.set(key, since);
    }
  }

  #put(key: string): void {
    this.pair.source.put(`${this.name}/${key}`, key, { lastModified: past });
  }

  #isAtSource(key: string): boolean {
    return this.pair.source.get(`${this.name}/${key}`) !== undefined;
  }

  #isAtDestination(key: string): boolean {
    return this.pair.destination.get(`${this.name}/${key}`) !== undefined;
  }
}

it('deletes each orphan at the first run after its time, and never before, in 60 days of keys that come and go, plans that are applied and runs that are killed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const random = randomOf(seed);
      const pair = mirror.createPair();
      const folders = FOLDERS.map((name) => new Folder(name, pair, random));
      for (let day = 0; day < DAYS; day++) {
        for (const folder of folders) {
          folder.change();
          await folder.run(day);
        }
      }
    }),
    randomCases({ quick: 1, full: 4 }),
  );
});
