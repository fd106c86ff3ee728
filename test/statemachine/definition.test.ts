import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_NAMES } from '../../statemachine/errors';
import {
  DEFINITION_TEXT,
  functionOf,
  listFunctions,
  listStateMachines,
  listStates,
  listTargets,
  listTasks,
  parseDefinition,
  type State,
  waitsFor,
} from './definition';

/** It has no types of its own. */
const validate =
  jest.requireActual<(definition: object) => { isValid: boolean; errorsText: (separator: string) => string }>(
    'asl-validator',
  );

/** A new account runs ten functions at a time: these are the ranges of both loops, by ten, for as long as a round may take. */
const LONGEST_QUEUE_SECONDS = (200 / 10) * 630;

const HALF_AN_HOUR_SECONDS = 1_800;

/** https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception */
const LAMBDA_IS_ILL = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
];

const RUNBOOK = readFileSync(join(__dirname, '../../docs/runbook.md'), 'utf8');

const definition = parseDefinition();
const states = listStates(definition);
const tasks = listTasks(definition);

describe('the definition', () => {
  it('is valid JSON before substitution', () => {
    expect(() => JSON.parse(DEFINITION_TEXT)).not.toThrow();
  });

  it('is valid Amazon States Language after substitution', () => {
    const substituted = parseDefinition(
      DEFINITION_TEXT.replaceAll(/\$\{(\w+)FunctionArn\}/g, 'arn:aws:lambda:us-east-1:123456789012:function:$1'),
    );

    const { isValid, errorsText } = validate(substituted);

    expect(isValid ? '' : errorsText('\n')).toBe('');
  });

  it('names every state once', () => {
    const names = listStates(definition).map(([name]) => name);

    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('names every state in PascalCase', () => {
    expect(listStates(definition).filter(([name]) => !/^([A-Z][a-z]+)+$/.test(name))).toEqual([]);
  });

  it('leads only to states of the same level', () => {
    const lost = listStateMachines(definition).flatMap(({ StartAt, States }) =>
      [StartAt, ...Object.values(States).flatMap(listTargets)].filter((target) => !(target in States)),
    );

    expect(lost).toEqual([]);
  });

  it('reaches every state', () => {
    const unreached = listStateMachines(definition).flatMap(({ StartAt, States }) => {
      const reached = new Set([StartAt]);
      for (const name of reached) for (const target of listTargets(States[name] as State)) reached.add(target);
      return Object.keys(States).filter((name) => !reached.has(name));
    });

    expect(unreached).toEqual([]);
  });

  it('has one handler for every Task and one Task for every handler', () => {
    const handlers = readdirSync(join(__dirname, '../../lambdas/handlers')).filter((file) => file.endsWith('.ts'));

    expect(handlers.sort()).toEqual(
      listFunctions(definition)
        .map(([name]) => `${toKebabCase(name)}.ts`)
        .sort(),
    );
  });

  it('has no Catch on a state that the runbook redrives, as Step Functions does not repeat a state that was caught', () => {
    const [section = ''] = /^- \*\*Redrive the execution[\s\S]*?(?=^- \*\*)/m.exec(RUNBOOK) ?? [];
    const redriven = states.filter(([name]) => section.includes(`goes on at \`${name}\``));

    expect(redriven.map(([name]) => name)).toEqual(['FinishRun']);
    expect(redriven.filter(([, state]) => state.Catch)).toEqual([]);
  });

  it('names DataLimitExceeded wherever it catches every error, as States.ALL does not match it', () => {
    const catching = states.flatMap(([name, { Catch }]) => (Catch ? [[name, Catch] as const] : []));

    expect(catching.length).toBeGreaterThan(10);
    for (const [name, [first, second, ...more]] of catching) {
      expect([name, first, more]).toEqual([name, { ...second, ErrorEquals: ['States.DataLimitExceeded'] }, []]);
    }
  });
});

describe.each(tasks)('the Task %s', (name, task) => {
  it('calls the function of its own name, or that of its range', () => {
    expect(functionOf(task)).toBe(name.replace('OneRange', 'Range'));
  });

  it('has a timeout', () => {
    expect(task.TimeoutSeconds).toEqual(expect.any(Number));
  });

  it('retries, and only errors that exist', () => {
    const retried = task.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals) ?? [];

    expect(retried).not.toEqual([]);
    expect(retried.filter((error) => !isKnownError(error))).toEqual([]);
  });

  it('waits for as long as a whole round may take if Lambda has no free concurrency', () => {
    const retrier = task.Retry?.find(({ ErrorEquals }) => ErrorEquals.includes('Lambda.TooManyRequestsException'));

    expect(retrier && waitsFor(retrier)).toBeGreaterThan(LONGEST_QUEUE_SECONDS);
    expect(retrier?.MaxDelaySeconds).toBeLessThanOrEqual(60);
  });

  it('waits half an hour if Lambda itself fails, and calls a failing function five more times', () => {
    const attempts =
      task.Retry?.flatMap((retrier) => retrier.ErrorEquals.map((error) => [error, retrier] as const)) ?? [];
    const retriers = new Map(attempts);

    for (const error of LAMBDA_IS_ILL) {
      const retrier = retriers.get(error);
      expect([error, retrier && waitsFor(retrier)]).toEqual([error, expect.closeTo(HALF_AN_HOUR_SECONDS, -2)]);
      expect(retrier?.MaxDelaySeconds).toBe(60);
    }
    const others = attempts.filter(
      ([error, { MaxAttempts }]) =>
        MaxAttempts > 0 && ![...LAMBDA_IS_ILL, 'Lambda.TooManyRequestsException'].includes(error),
    );
    expect(others.map(([error, { MaxAttempts }]) => [error, MaxAttempts])).toEqual(others.map(([error]) => [error, 5]));
  });

  it('catches every error, and leads on from there, unless it is the last one', () => {
    expect(task.Catch?.at(-1)?.ErrorEquals).toEqual(name === 'FinishRun' ? undefined : ['States.ALL']);
  });

  it.each(['Retry', 'Catch'] as const)('has States.ALL last and alone in %s', (field) => {
    const misplaced = (task[field] ?? []).filter(
      ({ ErrorEquals }, index, all) =>
        ErrorEquals.includes('States.ALL') && (ErrorEquals.length > 1 || index < all.length - 1),
    );

    expect(misplaced).toEqual([]);
  });
});

describe.each([
  ['CopyOneRange', 'CopyRange', 'CopyRanges', 'copy'],
  ['DeleteOneRange', 'DeleteRange', 'DeleteRanges', 'delete'],
])('%s', (one, range, map, loop) => {
  const find = (name: string) => states.find(([found]) => found === name)?.[1];

  it('is retried as often and for as long as a range of the Map', () => {
    const { Resource, TimeoutSeconds, Retry } = find(range) ?? {};

    expect(find(one)).toMatchObject({ Resource, TimeoutSeconds, Retry });
  });

  it('gets what a range of the Map gets', () => {
    const { ItemSelector = {} } = find(map) ?? {};

    expect(find(one)?.Parameters).toEqual({
      ...Object.fromEntries(Object.entries(ItemSelector).filter(([name]) => name !== 'index.$')),
      'tokens.$': `$.${loop}.tokens[0]`,
      index: 0,
    });
  });

  it('leaves a result or an error in one place, as a range of the Map does', () => {
    const state = find(one);

    expect(state?.ResultPath).toBe(`$.${loop}.result`);
    expect(state?.Catch?.map(({ ResultPath, Next }) => [ResultPath, Next])).toEqual(
      Array(2).fill([`$.${loop}.result.error`, state?.Next]),
    );
  });
});

function isKnownError(name: string): boolean {
  return /^(States|Lambda|Sandbox|Runtime)\.\w+$/.test(name) || ERROR_NAMES.some((known) => known === name);
}

function toKebabCase(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase();
}
