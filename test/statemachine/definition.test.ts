import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_NAMES } from '../../statemachine/errors';
import {
  DEFINITION_TEXT,
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

const definition = parseDefinition();
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

    expect(handlers.sort()).toEqual(tasks.map(([name]) => `${toKebabCase(name)}.ts`).sort());
  });
});

describe.each(tasks)('the Task %s', (name, task) => {
  it('calls the function of its own name', () => {
    expect(task.Resource).toBe(`\${${name}FunctionArn}`);
  });

  it('has a timeout', () => {
    expect(task.TimeoutSeconds).toEqual(expect.any(Number));
  });

  it('retries, and only errors that exist', () => {
    const retried = task.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals) ?? [];

    expect(retried).not.toEqual([]);
    expect(retried.filter((error) => !isKnownError(error))).toEqual([]);
  });

  it('waits where Lambda runs no more functions at a time, for as long as those of the whole round may take', () => {
    const retrier = task.Retry?.find(({ ErrorEquals }) => ErrorEquals.includes('Lambda.TooManyRequestsException'));

    expect(retrier && waitsFor(retrier)).toBeGreaterThan(LONGEST_QUEUE_SECONDS);
    expect(retrier?.MaxDelaySeconds).toBeLessThanOrEqual(60);
  });

  it('catches every error, and leads on from there', () => {
    expect(task.Catch?.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
  });

  it.each(['Retry', 'Catch'] as const)('has States.ALL last and alone in %s', (field) => {
    const misplaced = (task[field] ?? []).filter(
      ({ ErrorEquals }, index, all) =>
        ErrorEquals.includes('States.ALL') && (ErrorEquals.length > 1 || index < all.length - 1),
    );

    expect(misplaced).toEqual([]);
  });
});

function isKnownError(name: string): boolean {
  return /^(States|Lambda|Sandbox|Runtime)\.\w+$/.test(name) || ERROR_NAMES.some((known) => known === name);
}

function toKebabCase(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase();
}
