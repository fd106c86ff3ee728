import fc from 'fast-check';
import { FAULTS } from '../../support/fault-table';
import { HOSTILE } from '../../support/hostile-text';
import { randomCases } from '../../support/length';
import { type MirrorOptions, useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { pick, randomOf } from '../../support/random';
import { retryAtOnce } from '../../support/retries';

const mirror = useMirror();
retryAtOnce();

/** Is in each key, and in no other text. */
const MARK = 'Patient-Miller';
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** Each key has the mark, and something by which a line of the log could end or a query be misled. */
const NAMES = HOSTILE.map((text, index) => `${MARK}/${index % 3}/${text}"\n{"level":"INFO"}`);

interface Scenario {
  readonly seed: number;
  /** Requests that go wrong, from the first phase on. */
  readonly kinds: readonly string[];
  readonly rate: number;
  readonly input: object;
  readonly level: (typeof LEVELS)[number];
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.integer(),
  kinds: fc.subarray([
    'ListObjectsV2',
    'HeadObject',
    'CopyObject',
    'UploadPartCopy',
    'CreateMultipartUpload',
    'DeleteObjects',
    'GetObjectTagging',
  ]),
  rate: fc.constantFrom(0, 0.2, 1),
  level: fc.constantFrom(...LEVELS),
  input: fc.constantFrom<object>(
    ...[
      {},
      { plan: false },
      { dryRun: true },
      { verify: true },
      { maxDeletes: 0 },
      { maxOverwrites: 0 },
      { maxCost: 0.000001 },
    ],
    ...[
      { exclude: [`${MARK}/1/**`], strict: true },
      { mode: 'publish' },
      { delete: false },
      { include: ['none'], strict: true },
    ],
  ),
});

async function runLogged({ seed, kinds, rate, input, level }: Scenario): Promise<readonly Record<string, unknown>[]> {
  const random = randomOf(seed);
  const pair = mirror.createPair();
  for (const [index, name] of NAMES.entries()) {
    if (index % 3 !== 0) pair.source.put(name, 'new');
    if (index % 3 !== 1) pair.destination.put(name, 'old', { lastModified: new Date('2025-01-01') });
  }
  putInParts(pair.source, `${MARK}/large`, [65 * MIB, MIB]);
  let begun = false;
  mirror.s3.onRequest = ({ operation }) => {
    if (!begun || !kinds.includes(operation)) return undefined;
    const faults = FAULTS.filter(({ on }) => on.test(operation));
    return random() < rate && faults.length > 0 ? pick(faults, random).fault : undefined;
  };
  const lines: object[] = [];
  const log = { level, requestId: 'r-1', write: (line: object) => void lines.push(line) };
  const around: MirrorOptions['around'] = (task, _input, invoke) => {
    begun ||= task !== 'ValidateInput';
    return invoke();
  };
  const host = { roundBudgetsMs: [20] };
  await mirror.run({ ...pair.input, ...input }, { pageSize: 4, log, around, host }).catch(() => undefined);
  mirror.s3.onRequest = undefined;
  return lines as Record<string, unknown>[];
}

it('names no key in any line above debug, whatever goes wrong', async () => {
  let [failed, debug] = [0, 0];
  await fc.assert(
    fc.asyncProperty(scenario, async (drawn) => {
      const lines = await runLogged(drawn);
      const above = lines.filter(({ level }) => level !== 'DEBUG');

      expect(above.filter((line) => JSON.stringify(line).includes(MARK))).toEqual([]);
      expect(
        lines.every(
          ({ level }) => LEVELS.indexOf(String(level).toLowerCase() as 'info') >= LEVELS.indexOf(drawn.level),
        ),
      ).toBe(true);
      failed += above.filter(({ message }) => message === 'Task failed').length;
      debug += lines.filter((line) => JSON.stringify(line).includes(MARK)).length;
    }),
    randomCases({ quick: 8, full: 150 }),
  );
  // it has met what it is about
  expect(failed).toBeGreaterThan(0);
  expect(debug).toBeGreaterThan(0);
});
