import fc from 'fast-check';
import { FAULTS, type FaultRow } from '../../support/fault-table';
import { HOSTILE } from '../../support/hostile-text';
import { randomCases } from '../../support/length';
import { type MirrorOptions, useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { pick, randomOf } from '../../support/random';
import { retryAtOnce } from '../../support/retries';
import { roundsOf } from '../../support/rounds-of';

const mirror = useMirror();
retryAtOnce();

/** Is in each key, and in no other text. */
const MARK = 'Patient-Miller';
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** Each key has the mark, and something by which a line of the log could end or a query be misled. */
const NAMES = HOSTILE.map((text, index) => `${MARK}/${index % 3}/${text}"\n{"level":"INFO"}`);

type Line = Readonly<Record<string, unknown>>;

interface Scenario {
  readonly seed: number;
  /** Requests that go wrong, from the first phase on. */
  readonly kinds: readonly string[];
  readonly rate: number;
  /** In which ways. */
  readonly faults: readonly FaultRow[];
  /** How long a round is. */
  readonly readings: number;
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
  faults: fc.constant(FAULTS),
  readings: fc.constant(20),
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

async function runLogged(drawn: Scenario): Promise<readonly Line[]> {
  const { seed, kinds, rate, faults, readings, input, level } = drawn;
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
    const possible = faults.filter(({ on }) => on.test(operation));
    return random() < rate && possible.length > 0 ? pick(possible, random).fault : undefined;
  };
  const lines: object[] = [];
  const log = { level, requestId: 'r-1', write: (line: object) => void lines.push(line) };
  const around: MirrorOptions['around'] = (task, _input, invoke) => {
    begun ||= task !== 'ValidateInput';
    return invoke();
  };
  const host = roundsOf(readings);
  await mirror.run({ ...pair.input, ...input }, { pageSize: 4, log, around, host }).catch(() => undefined);
  mirror.s3.onRequest = undefined;
  return lines as Line[];
}

function expectNoKeyAboveDebug(lines: readonly Line[], least: Scenario['level']): void {
  const shown = LEVELS.slice(LEVELS.indexOf(least)).map((level) => level.toUpperCase());
  expect(lines.filter((line) => line.level !== 'DEBUG' && namesKey(line))).toEqual([]);
  expect(lines.filter(({ level }) => !shown.includes(String(level)))).toEqual([]);
}

function namesKey(line: Line): boolean {
  return JSON.stringify(line).includes(MARK);
}

it('names no key in any line above debug, whatever goes wrong', () =>
  fc.assert(
    fc.asyncProperty(scenario, async (drawn) => expectNoKeyAboveDebug(await runLogged(drawn), drawn.level)),
    randomCases({ quick: 8, full: 150 }),
  ));

// What random cases meet depends on the order of their requests. What always goes wrong does not.
it.each([
  ['a Task', 'ListObjectsV2', 'a page from the end to the beginning', 'Why the Task failed'],
  ['an object', 'CopyObject', '403 AccessDenied', 'Object failed'],
])('tells at debug of which keys %s failed, and above it of none', async (_what, kind, fault, message) => {
  const faults = FAULTS.filter(({ name }) => name === fault);
  const always = { seed: 0, kinds: [kind], rate: 1, faults, readings: 60_000 };
  const lines = await runLogged({ ...always, input: {}, level: 'debug' });

  expectNoKeyAboveDebug(lines, 'debug');
  expect(lines.filter(namesKey).map((line) => line.message)).toContain(message);
});
