import { ENVIRONMENT } from '../../statemachine/contract';

export interface Environment {
  readonly reportLocation: string;
  readonly roundBudgetsMs: readonly number[];
  readonly pageSize: number;
}

/** Reads the function's settings. @throws Error  names the variable that is missing or malformed, what it got and wants */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  return {
    reportLocation: read(variables, ENVIRONMENT.reportLocation, parseLocation),
    roundBudgetsMs: read(variables, ENVIRONMENT.roundBudgetsMs, parseBudgets),
    pageSize: read({ [ENVIRONMENT.pageSize]: '1000', ...variables }, ENVIRONMENT.pageSize, parsePageSize),
  };
}

/** A folder of a bucket would be ignored, so it is no location. */
const LOCATION = /^(s3:\/\/[^/]+\/?|file:\/\/\/.+)$/;

interface Parsed<T> {
  readonly value?: T;
  readonly expected: string;
}

function read<T>(variables: NodeJS.ProcessEnv, name: string, parse: (text: string) => Parsed<T>): T {
  const text = variables[name] ?? '';
  const { value, expected } = parse(text);
  if (value === undefined)
    throw new Error(`Expected the environment variable ${name} to be ${expected}, got "${text}"`);
  return value;
}

function parseLocation(text: string): Parsed<string> {
  return { expected: 's3://bucket or file:///folder', value: LOCATION.test(text) ? text : undefined };
}

function parseBudgets(text: string): Parsed<number[]> {
  const budgets = text.split(',').map(Number);
  const valid = budgets.every((budget) => Number.isInteger(budget) && budget > 0);
  return { expected: 'milliseconds separated by commas, such as 5000,20000', value: valid ? budgets : undefined };
}

function parsePageSize(text: string): Parsed<number> {
  const size = Number(text);
  const valid = Number.isInteger(size) && size >= 1 && size <= 1000;
  return { expected: 'an integer from 1 to 1000', value: valid ? size : undefined };
}
