import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { SyncTask } from '../permissions/sync-tasks';
import { ENVIRONMENT, ROUND_BUDGETS_MS } from '../statemachine/contract';
import { InvalidInputError } from '../statemachine/errors';
import { formatS3Url } from '../wording/s3-url';
import type { SyncFunctionsProps } from './sync-functions-props';
import { sideSettings } from './sync-side';
import { toSetting } from './to-setting';

type FunctionEnvironmentProps = Pick<
  SyncFunctionsProps,
  'mirrors' | 'reportBucket' | 'memory' | 'metrics' | 'settings' | 'logLevel'
>;

/**
 * The environment variables of a function.
 *
 * @throws InvalidInputError  they are too long, so that the function could not be deployed
 */
export function functionEnvironment(scope: Construct, task: SyncTask, props: FunctionEnvironmentProps) {
  const { mirrors, reportBucket, memory, metrics, settings, logLevel = 'info' } = props;
  const deployed = mirrors.map(toSetting);
  const more = settings?.[task.name];
  const sides = sideSettings(mirrors);
  const environment = {
    NODE_OPTIONS: '--enable-source-maps',
    [ENVIRONMENT.reportLocation]: formatS3Url(reportBucket.bucketName),
    [ENVIRONMENT.reportOwner]: reportBucket.env.account,
    [ENVIRONMENT.roundBudgetsMs]: ROUND_BUDGETS_MS.join(','),
    [ENVIRONMENT.logLevel]: logLevel,
    ...(memory && { [ENVIRONMENT.rangeMemoryMib]: String(memory.toMebibytes()) }),
    ...(sides && task.name !== 'ClosePhase' && { [ENVIRONMENT.sides]: Stack.of(scope).toJsonString(sides) }),
  };
  const publishes = task.name === 'FinishRun' && metrics !== undefined;
  if (task.name !== 'ValidateInput' && !publishes && !more) return environment;
  const own = { ...environment, ...(publishes && { [ENVIRONMENT.metrics]: metrics }) };
  const asJson = { ...more, [ENVIRONMENT.mirrors]: deployed };
  refuseLongEnvironment({
    ...own,
    ...(sides && { [ENVIRONMENT.sides]: JSON.stringify(sides) }),
    ...mapValues(asJson, (value) => JSON.stringify(value)),
  });
  return { ...own, ...mapValues(asJson, (value) => Stack.of(scope).toJsonString(value)) };
}

function mapValues(values: Readonly<Record<string, object>>, write: (value: object) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, write(value)]));
}

/** Lambda's limit for all variables of a function. Lambda measures them as JSON, with their names and with escaped quotes. */
const MAX_ENVIRONMENT_BYTES = 4096;
/** CloudFormation fills in accounts and names. The name of a bucket is the longest. */
const ACCOUNT_TOKEN = /\$\{Token\[AWS\.AccountId\.\d+\]\}/g;
const OTHER_TOKEN = /\$\{Token\[[^\]]*\]\}/g;

/** @throws InvalidInputError  the function could not be deployed */
function refuseLongEnvironment(environment: Readonly<Record<string, string>>): void {
  const text = JSON.stringify(environment)
    .replaceAll(ACCOUNT_TOKEN, '-'.repeat(12))
    .replaceAll(OTHER_TOKEN, '-'.repeat(63));
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_ENVIRONMENT_BYTES) return;
  throw new InvalidInputError(
    `Expected the settings of all mirrors to fit into the ${MAX_ENVIRONMENT_BYTES} bytes that a Lambda function has for its environment, ` +
      `got ${bytes}. In \`include\` and \`exclude\`, name folders or patterns instead of single keys, or deploy fewer mirrors in one construct`,
  );
}
