import { asksBeforeWriting, confirmPlan } from '../../cli/commands/confirm-plan';
import { ask } from '../../cli/input/ask';
import type { PlannedRun } from '../../local/confirm-plan';
import { emptyCounters, NOWHERE } from '../../statemachine/contract';

jest.mock('../../cli/input/ask', () => ({ ...jest.requireActual('../../cli/input/ask'), ask: jest.fn() }));

const terminal = { stdin: true, stderr: true };

function onTerminal<T>({ stdin, stderr }: typeof terminal, work: () => T): T {
  const before = [process.stdin.isTTY, process.stderr.isTTY] as const;
  [process.stdin.isTTY, process.stderr.isTTY] = [stdin, stderr];
  try {
    return work();
  } finally {
    [process.stdin.isTTY, process.stderr.isTTY] = before;
  }
}

describe('a run', () => {
  it.each<[isAsked: boolean, where: string, streams: typeof terminal, options: object, ci: string]>([
    [true, 'on a terminal', terminal, {}, ''],
    [true, 'on a terminal that says CI=false', terminal, {}, 'false'],
    [false, 'on a terminal with --yes', terminal, { yes: true }, ''],
    [false, 'on a terminal with --json', terminal, { json: true }, ''],
    [false, 'on the terminal of a CI', terminal, {}, 'true'],
    [false, 'that reads from a pipe', { stdin: false, stderr: true }, {}, ''],
    [false, 'whose messages go to a file', { stdin: true, stderr: false }, {}, ''],
  ])('asks: %s, %s', (isAsked, _where, streams, options, ci) => {
    process.env.CI = ci;
    expect(onTerminal(streams, () => asksBeforeWriting(options))).toBe(isAsked);
  });
});

describe('a plan', () => {
  const display = { pause: jest.fn(), resume: jest.fn() };
  const asked = jest.mocked(ask);
  let notes: string[];
  beforeEach(() => {
    notes = [];
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => notes.push(String(text)) > 0);
    asked.mockReset();
  });
  afterEach(() => jest.restoreAllMocks());

  const planOf = (overwritten: number, deleted: number): PlannedRun =>
    ({
      run: { id: 'a-run', input: { destination: 'production', destinationPrefix: 'site/' } },
      plan: {
        name: 'plan',
        copy: { counters: { ...emptyCounters(), copied: 500, overwritten } },
        delete: { counters: { ...emptyCounters(), deleted } },
      },
    }) as PlannedRun;
  const confirm = (planned: PlannedRun) => confirmPlan(display, NOWHERE)(planned, new AbortController().signal);

  it.each([
    [0, 0],
    [10, 0],
    [0, 10],
    [4, 6],
  ])('that overwrites %i objects and deletes %i is not asked about', async (overwritten, deleted) => {
    expect(await confirm(planOf(overwritten, deleted))).toBe(true);
    expect(asked).not.toHaveBeenCalled();
  });

  it.each([
    [11, 0, 'overwrite 11 objects in'],
    [0, 1234, 'delete 1,234 objects in'],
    [5, 6, 'overwrite 5 objects and delete 6 in'],
  ])('that overwrites %i objects and deletes %i is asked about: %s', async (overwritten, deleted, words) => {
    asked.mockResolvedValue('y');

    expect(await confirm(planOf(overwritten, deleted))).toBe(true);

    const [question] = asked.mock.calls[0] ?? [];
    expect(question).toContain(`The run will ${words} s3://production/site/.\nContinue? [y/N] `);
    expect(display.pause).toHaveBeenCalledTimes(display.resume.mock.calls.length);
  });

  it.each([
    ['y', true],
    ['Y', true],
    ['yes', true],
    ['', false],
    ['n', false],
    ['yellow', false],
    ['yes please', false],
  ])('is confirmed by %j: %j', async (answer, isConfirmed) => {
    asked.mockResolvedValue(answer);
    expect(await confirm(planOf(20, 20))).toBe(isConfirmed);
    expect(notes.join('')).toContain(isConfirmed ? 'yes' : 'no');
  });

  it('is not confirmed by Ctrl-C', async () => {
    asked.mockRejectedValue(new DOMException('Aborted', 'AbortError'));
    expect(await confirm(planOf(20, 20))).toBe(false);
  });
});
