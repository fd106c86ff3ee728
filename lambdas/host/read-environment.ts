import { ENVIRONMENT, RANGE_MEMORY_MIB } from '../../statemachine/contract';
import { type DeployedMirror, parseDeployedMirror } from '../../statemachine/input/deployed-mirrors';
import { accountId } from '../../statemachine/input/field-types';
import { LOG_LEVELS, type LogLevel } from '../../statemachine/log-levels';
import { METRIC_SETS, type MetricSet } from '../../statemachine/metrics';
import { WORLDS } from '../s3/credentials/worlds';

export interface Environment {
  readonly reportLocation: string;
  readonly roundBudgetsMs: readonly number[];
  readonly pageSize: number;
  readonly rangesAtOnce: number;
  /** The deployed mirrors. Undefined: an execution may mirror anything. */
  readonly mirrors: readonly DeployedMirror[] | undefined;
  readonly reportOwner: string | undefined;
  readonly rangeMemoryMib: number;
  /** Undefined: no metrics are published. */
  readonly metricSet: MetricSet | undefined;
}

/** Reads the function's settings. @throws Error  names the missing or malformed variable, its value and the expected value */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const readOr = <T, U>(name: string, byDefault: U, parse: (text: string) => Parsed<T>) =>
    variables[name] === undefined ? byDefault : read(variables, name, parse);
  return {
    reportLocation: read(variables, ENVIRONMENT.reportLocation, parseLocation),
    roundBudgetsMs: read(variables, ENVIRONMENT.roundBudgetsMs, parseBudgets),
    pageSize: readOr(ENVIRONMENT.pageSize, 1000, parseInteger(1, 1000)),
    rangesAtOnce: readOr(ENVIRONMENT.rangesAtOnce, 1000, parseInteger(1, 1000)),
    mirrors: readOr(ENVIRONMENT.mirrors, undefined, parseMirrors),
    reportOwner: readOr(ENVIRONMENT.reportOwner, undefined, parseAccount),
    rangeMemoryMib: readOr(ENVIRONMENT.rangeMemoryMib, RANGE_MEMORY_MIB, parseInteger(128, 10_240)),
    metricSet: readOr(ENVIRONMENT.metrics, undefined, parseMetricSet),
  };
}

/** @returns undefined if there is no log. @throws Error */
export function readLogLevel(variables: NodeJS.ProcessEnv): LogLevel | undefined {
  if (variables[ENVIRONMENT.logLevel] === undefined) return undefined;
  return read(variables, ENVIRONMENT.logLevel, (text) => ({
    expected: LOG_LEVELS.join(', '),
    value: LOG_LEVELS.find((level) => level === text),
  }));
}

/** A folder of a bucket would be ignored, so it is not a valid location. */
const LOCATION = /^(s3:\/\/[^/]+\/?|file:\/\/\/.+|nowhere:)$/;

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

function parseMirrors(text: string): Parsed<DeployedMirror[]> {
  const expected = 'a JSON list of mirrors, each with fields of the input and with mayOverride';
  try {
    const mirrors: unknown = JSON.parse(text);
    const isList = Array.isArray(mirrors) && mirrors.length > 0;
    return {
      expected,
      value: isList ? mirrors.map((mirror) => parseDeployedMirror(mirror, WORLDS.isApart)) : undefined,
    };
  } catch (error) {
    return { expected: `${expected} (${(error as Error).message})` };
  }
}

function parseMetricSet(text: string): Parsed<MetricSet> {
  return { expected: METRIC_SETS.join(' or '), value: METRIC_SETS.find((set) => set === text) };
}

function parseAccount(text: string): Parsed<string> {
  return { expected: 'an AWS account id of 12 digits', value: accountId.safeParse(text).data };
}

function parseInteger(least: number, most: number): (text: string) => Parsed<number> {
  return (text) => {
    const value = Number(text);
    const valid = Number.isInteger(value) && value >= least && value <= most;
    return { expected: `an integer from ${least} to ${most}`, value: valid ? value : undefined };
  };
}
