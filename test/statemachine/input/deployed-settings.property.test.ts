import * as fc from 'fast-check';
import { keyFilter } from '../../../lambdas/engine/keys/key-filter';
import { objectFilter } from '../../../lambdas/engine/keys/object-filter';
import { runFilter } from '../../../lambdas/engine/keys/run-filter';
import { allowedDeletes, allowedOverwrites, emptyCounters } from '../../../statemachine/contract';
import { parseDeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import { settleInput } from '../../../statemachine/input/deployed-settings';
import { randomCases } from '../../support/length';

const RUNS = randomCases({ quick: 50, full: 300 });

const part = fc.constantFrom('a', 'b', 'drafts', 'x.tmp', 'ü');
const key = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const folder = fc.array(part, { maxLength: 3 }).map((parts) => parts.map((name) => `${name}/`).join(''));
const glob = fc.constantFrom('drafts/**', '*.tmp', 'a/*', '**/b/**', 'b', '{a,b}/**', 'a/drafts/x.tmp', '?');
const globs = fc.array(glob, { maxLength: 3 });
const limit = fc.oneof(
  fc.nat(30),
  fc.nat(100).map((share) => `${share}%`),
);

const startedAt = '2026-06-15T00:00:00.000Z';
const moment = fc.constantFrom('1d', '7d', '30d', '2026-06-01', '2026-06-10T12:00:00Z');
const filters = {
  minSize: fc.constantFrom(0, 10, '1K'),
  maxSize: fc.constantFrom(10, '1K', '1M'),
  newerThan: moment,
  olderThan: moment,
  storageClasses: fc.constantFrom(['STANDARD'], ['STANDARD', 'GLACIER'], []),
};
const object = fc.record({
  sizeBytes: fc.constantFrom(0, 9, 10, 11, 1024, 1025, 2 ** 20, 2 ** 21),
  lastModified: fc.integer({ min: -40, max: 1 }).map((days) => Date.parse(startedAt) + days * 43_200_000),
  storageClass: fc.constantFrom('STANDARD', 'GLACIER', 'STANDARD_IA'),
});

const settings = fc.record(
  {
    prefix: folder,
    destinationPrefix: folder,
    startAfter: key,
    include: globs,
    exclude: globs,
    maxDeletes: limit,
    delete: fc.boolean(),
    allowEmptySource: fc.boolean(),
    storageClass: fc.constantFrom('same', 'GLACIER'),
    dryRun: fc.boolean(),
    maxConcurrency: fc.integer({ min: 1, max: 5 }),
  },
  { requiredKeys: [] },
);

/** Half of the folders lie in the deployed one, so that not all is refused. */
const pairs = fc.tuple(settings, settings, folder, fc.boolean()).map(([deployed, asked, sub, isInside]) => {
  if (!isInside) return { deployed, asked };
  const { prefix: _from, destinationPrefix: _to, ...rest } = asked;
  return { deployed, asked: sub === '' ? rest : { ...rest, prefix: `${deployed.prefix ?? ''}${sub}` } };
});

function settle(deployed: object, asked: object) {
  return settleAt(deployed, asked, false);
}

function settleAt(deployed: object, asked: object, hasBegun = true) {
  try {
    return settleInput(
      asked,
      [parseDeployedMirror({ source: 'staging', destination: 'production', ...deployed })],
      hasBegun ? startedAt : undefined,
    );
  } catch {
    return undefined;
  }
}

/** Checks what holds for every execution that is not refused. */
function forAccepted(
  check: (of: {
    base: ReturnType<typeof parseDeployedMirror>['input'];
    settled: NonNullable<ReturnType<typeof settle>>;
    key: string;
  }) => void,
) {
  fc.assert(
    fc.property(pairs, key, ({ deployed, asked }, anyKey) => {
      const settled = settle(deployed, asked);
      fc.pre(settled !== undefined);
      const base = parseDeployedMirror({ source: 'staging', destination: 'production', ...deployed }).input;
      check({ base, settled, key: anyKey });
    }),
    RUNS,
  );
}

it('lets no execution touch an object that the deployed filters of size, date and class leave out', () => {
  const some = fc.record(filters, { requiredKeys: [] });
  fc.assert(
    fc.property(some, some, object, (deployed, asked, any) => {
      const settled = settleAt(deployed, asked);
      fc.pre(settled !== undefined);
      const alone = settleAt(deployed, {});
      if (objectFilter(settled.input)?.(any) ?? true)
        expect(alone && (objectFilter(alone.input)?.(any) ?? true)).toBe(true);
    }),
    RUNS,
  );
});

it('lets no execution touch a key that the deployed filters leave out', () => {
  forAccepted(({ base, settled, key: relative }) => {
    const deployedKey = settled.input.prefix.slice(base.prefix.length) + relative;
    if (runFilter(settled)(relative)) expect(keyFilter(base)(deployedKey)).toBe(true);
  });
});

it('lets no execution leave the deployed folders, or mirror a key to another place', () => {
  forAccepted(({ base, settled: { input }, key: relative }) => {
    expect(input.source + input.prefix).toMatch(new RegExp(`^staging${base.prefix}`));
    const deployedKey = input.prefix.slice(base.prefix.length) + relative;
    expect(input.destinationPrefix + relative).toBe(base.destinationPrefix + deployedKey);
    expect(input.destination).toBe('production');
  });
});

it('lets no execution delete more than is deployed, whatever the destination holds', () => {
  const counters = { ...emptyCounters(), listed: 50, skipped: 10 };
  forAccepted(({ base, settled }) => {
    const limits = [settled.input.maxDeletes, settled.deployed?.maxDeletes].filter((given) => given !== undefined);
    const allowed = Math.min(...limits.map((given) => allowedDeletes(given, counters)));
    expect(allowed).toBeLessThanOrEqual(
      base.maxDeletes === undefined ? Infinity : allowedDeletes(base.maxDeletes, counters),
    );
    expect(settled.input.delete && !base.delete).toBe(false);
    expect(settled.input.allowEmptySource && !base.allowEmptySource).toBe(false);
  });
});

it('lets no execution overwrite more, cost more or plan less than is deployed, whatever the destination holds', () => {
  const planned = {
    copy: { ...emptyCounters(), unchanged: 20, overwritten: 20 },
    delete: { ...emptyCounters(), listed: 50, skipped: 10 },
  };
  const guards = fc.record(
    { maxDeletes: limit, maxOverwrites: limit, maxCost: fc.constantFrom(0.1, 1, 5), plan: fc.boolean() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(guards, guards, (of, asked) => {
      const settled = settle(of, asked);
      fc.pre(settled !== undefined);
      const { input, deployed } = settled;
      const limits = [input.maxOverwrites, deployed?.maxOverwrites].filter((given) => given !== undefined);
      const allowed = (given: number | string) => allowedOverwrites(given, planned, true);
      const most = of.maxOverwrites === undefined ? Infinity : allowed(of.maxOverwrites);
      expect(Math.min(...limits.map(allowed))).toBeLessThanOrEqual(most);
      expect(input.maxCost ?? Infinity).toBeLessThanOrEqual(of.maxCost ?? Infinity);
      expect(input.plan === false && of.plan !== false).toBe(false);
    }),
    RUNS,
  );
});

it('lets no execution write what is deployed as a plan, go before startAfter, or store in another class', () => {
  forAccepted(({ base, settled: { input }, key: relative }) => {
    expect(!input.dryRun && base.dryRun).toBe(false);
    expect(input.storageClass).toBe(base.storageClass);
    const deployedKey = Buffer.from(input.prefix.slice(base.prefix.length) + relative);
    const isReached =
      input.startAfter === undefined || Buffer.from(relative).compare(Buffer.from(input.startAfter)) > 0;
    if (isReached && base.startAfter !== undefined) {
      expect(deployedKey.compare(Buffer.from(base.startAfter))).toBeGreaterThan(0);
    }
  });
});
