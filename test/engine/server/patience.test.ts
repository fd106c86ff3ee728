import { type PatienceLimits, Plight } from '../../../lambdas/engine/ports/outages';
import { Patience } from '../../../lambdas/engine/server/patience';

const LIMITS: PatienceLimits = { outageMs: 100_000, runMs: 300_000 };

/** A clock that goes on while somebody waits, and a server that is there or not. */
class World {
  at = 1_000_000;
  looks = 0;
  isOver = false;
  isThere: (at: number) => boolean = () => true;
  readonly #due: { at: number; done: () => void }[] = [];

  now = () => this.at;
  wait = (milliseconds: number) =>
    new Promise<void>((done) => {
      this.#due.push({ at: this.at + milliseconds, done });
    });

  patience(limits = LIMITS, spentMs = 0): Patience {
    const look = async () => {
      this.looks += 1;
      return this.isThere(this.at);
    };
    return new Patience(this, limits, look, () => this.isOver, spentMs);
  }

  /** Lets the time pass until all that wait have been served. @returns what `asked` comes to */
  async pass<T>(asked: Promise<T>): Promise<T> {
    let isDone = false;
    void asked.finally(() => {
      isDone = true;
    });
    for (;;) {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      if (isDone) return asked;
      this.#due.sort((a, b) => a.at - b.at);
      const next = this.#due.shift();
      if (!next) throw new Error('Nobody waits, and it is not done');
      this.at = Math.max(this.at, next.at);
      next.done();
    }
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

it.each([5_000, 60_000, 99_000])(
  'waits for a server that is away for %d ms, and then gives all attempts',
  async (awayMs) => {
    const back = world.at + awayMs;
    world.isThere = (at) => at >= back;
    const patience = world.patience();

    expect(await world.pass(patience.grant('copy', new Plight()))).toBe('all');
    expect(world.at - back).toBeLessThan(1_000);
    expect(patience.waitedMs).toBe(awayMs);
  },
);

it('asks a server that is away once a second, however many wait for it', async () => {
  const back = world.at + 60_000;
  world.isThere = (at) => at >= back;
  const patience = world.patience();
  const waiting = Array.from({ length: 256 }, () => patience.grant('copy', new Plight()));

  expect(new Set(await world.pass(Promise.all(waiting)))).toEqual(new Set(['all']));
  expect(world.looks).toBeLessThanOrEqual(62);
});

it('gives up a server that does not come back, once for all requests until it answers', async () => {
  world.isThere = () => false;
  const patience = world.patience();

  expect(await world.pass(patience.grant('list', new Plight()))).toBe('none');
  expect(patience.waitedMs).toBe(LIMITS.outageMs);
  expect(patience.isExhausted).toBe(true);
  const before = world.at;
  expect(await world.pass(patience.grant('copy', new Plight()))).toBe('none');
  expect(world.at).toBe(before);

  patience.answered('head');
  expect(patience.isExhausted).toBe(false);
  expect(await world.pass(patience.grant('copy', new Plight()))).toBe('none');
  expect(world.at - before).toBe(LIMITS.outageMs);
});

it('counts its waiting time over the whole run', async () => {
  const patience = world.patience(LIMITS, LIMITS.runMs - 30_000);
  world.isThere = () => false;

  const before = world.at;
  expect(await world.pass(patience.grant('list', new Plight()))).toBe('none');
  expect(world.at - before).toBe(30_000);
});

it('waits no longer once there is no time left', async () => {
  world.isThere = (at) => {
    world.isOver = at >= 1_010_000;
    return false;
  };
  expect(await world.pass(world.patience().grant('list', new Plight()))).toBe('none');
  expect(world.at).toBeLessThanOrEqual(1_011_000);
});

describe('a request that fails while the server is there', () => {
  it('gets one more attempt, as the server may have come back just now, and no second one', async () => {
    const plight = new Plight();
    const patience = world.patience();

    expect(await world.pass(patience.grant('copy', plight))).toBe('one');
    expect(await world.pass(patience.grant('copy', plight))).toBe('none');
    expect(world.at).toBe(1_000_000);
    expect(patience.waitedMs).toBe(0);
  });

  it('gets none if the server answers others of its kind, however many fail', async () => {
    const patience = world.patience();
    const plights = Array.from({ length: 50 }, () => new Plight());
    for (const plight of plights) await world.pass(patience.grant('copy', plight));
    patience.answered('copy');

    for (const plight of plights) expect(await world.pass(patience.grant('copy', plight))).toBe('none');
    expect(world.at).toBe(1_000_000);
  });

  it('gets more as long as all requests of its kind fail, within the same limits', async () => {
    const patience = world.patience();
    const plights = Array.from({ length: 4 }, () => new Plight());
    const again = () => world.pass(Promise.all(plights.map((plight) => patience.grant('copy', plight))));
    expect(await again()).toEqual(['one', 'one', 'one', 'one']);
    patience.answered('list');
    for (let second = 0; second < 60; second++) expect(await again()).toEqual(['one', 'one', 'one', 'one']);
    expect(patience.waitedMs).toBe(60_000);

    patience.answered('copy');
    expect(await world.pass(patience.grant('copy', new Plight()))).toBe('one');
    expect(patience.waitedMs).toBe(60_000);
  });

  it('is given up if all requests of its kind still fail', async () => {
    const patience = world.patience();
    const plights = Array.from({ length: 4 }, () => new Plight());
    let grants: string[] = [];
    for (let second = 0; second < 200 && !grants.includes('none'); second++) {
      grants = await world.pass(Promise.all(plights.map((plight) => patience.grant('copy', plight))));
    }
    expect(grants).toEqual(['none', 'none', 'none', 'none']);
    expect(patience.waitedMs).toBe(LIMITS.outageMs);
  });
});

it('sends no request if waiting is off', async () => {
  expect(await world.pass(world.patience({ outageMs: 0, runMs: 0 }).grant('list', new Plight()))).toBe('none');
  expect(world.looks).toBe(0);
});
