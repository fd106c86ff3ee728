import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { InvalidInputError } from '../statemachine/errors';
import { EXECUTION_ENDS, eventSource } from '../statemachine/events/announcements';
import { describeIssues, describeUnknownField, formatValue } from '../statemachine/input/describe-issues';
import { accountId, bucketName, kmsKeyArn } from '../statemachine/input/field-types';
import { OVERRIDABLE_FIELDS } from '../statemachine/input/narrowing';
import { parseSyncInput } from '../statemachine/input/parse-sync-input';
import { isEndpoint } from '../statemachine/input/sides';
import { type SyncRequest, syncInputSchema } from '../statemachine/input/sync-input';
import { LOG_LEVELS } from '../statemachine/log-levels';
import { METRIC_SETS } from '../statemachine/metrics';
import { STRAY_REPORT_KEY } from './report-bucket';
import { parseScheduleExpression } from './schedule-expression';

const LOG_DAYS = Object.values(RetentionDays).filter((days) => typeof days === 'number' && days < 9999) as number[];

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

function checkSchedule(expression: string, context: z.RefinementCtx<string>): void {
  const parsed = parseScheduleExpression(expression);
  if (typeof parsed === 'string') context.addIssue({ code: 'custom', message: parsed, input: expression });
}

const endpointUrl = z.string().refine(isEndpoint, 'a URL like https://s3.example.com');
const addressingStyle = z.enum(['path', 'virtual']);
const secretArn = z
  .string()
  .regex(
    /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+-\w{6}$/,
    'the complete ARN of a secret, with its last six characters',
  );
const roleArn = z.string().regex(/^arn:[a-z-]+:iam::\d{12}:role\/\S+$/, 'the ARN of a role');

const vpcId = z.string().regex(/^vpc-[0-9a-f]{8,17}$/, 'the id of a VPC: vpc-…');
const subnetId = z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'the id of a subnet: subnet-…');
const securityGroupId = z.string().regex(/^sg-[0-9a-f]{8,17}$/, 'the id of a security group: sg-…');
/** What Lambda allows for a function. */
const [MOST_SUBNETS, MOST_SECURITY_GROUPS] = [16, 5];

const STRAY_NETWORK =
  'Expected `vpcId` together with `vpcSubnets` and `securityGroupIds`, which belong to it, got none';
const NO_SUBNETS = 'Expected `vpcSubnets` together with `vpcId`: the private subnets for the functions, got none';

/** Settings of a deployment in addition to the execution input. */
const deploymentSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'the name of a stack (letters, digits and "-")')
    .default('BucketSync'),
  account: accountId.optional(),
  region: z
    .string()
    .regex(/^[a-z]+(-[a-z]+)+-\d+$/, 'a region, such as eu-central-1')
    .optional(),
  sourceKey: kmsKeyArn.optional(),
  destinationKey: kmsKeyArn.optional(),
  sourceEndpointUrl: endpointUrl.optional(),
  destinationEndpointUrl: endpointUrl.optional(),
  sourceRegion: z.string().min(1).optional(),
  destinationRegion: z.string().min(1).optional(),
  sourceAddressingStyle: addressingStyle.optional(),
  destinationAddressingStyle: addressingStyle.optional(),
  sourceSecret: secretArn.optional(),
  destinationSecret: secretArn.optional(),
  sourceRole: roleArn.optional(),
  destinationRole: roleArn.optional(),
  reportBucket: bucketName.optional(),
  reportKey: kmsKeyArn.optional(),
  reportDays: z.int().min(1).optional(),
  mayOverride: z.array(z.enum(OVERRIDABLE_FIELDS)).optional(),
  undoable: z.boolean().optional(),
  schedule: z.string().superRefine(checkSchedule).optional(),
  scheduleTimezone: z.string().refine(isTimezone, 'a time zone, such as Europe/Berlin').default('UTC'),
  scheduleWindowMinutes: z.int().min(1).max(1440).optional(),
  scheduleEnabled: z.boolean().default(true),
  email: z.email('an e-mail address').optional(),
  notifyOn: z.array(z.enum(EXECUTION_ENDS)).optional(),
  eventBus: z
    .string()
    .regex(/^(arn:[a-z-]+:events:[a-z0-9-]+:\d{12}:event-bus\/)?[\w./-]{1,256}$/, 'the name or the ARN of an event bus')
    .optional(),
  eventSource: eventSource.optional(),
  alarmEmail: z.email('an e-mail address').optional(),
  successWithinHours: z.number().positive().max(168).optional(),
  metrics: z.enum(METRIC_SETS).optional(),
  dashboard: z.boolean().optional(),
  runbookUrl: z.url().optional(),
  vpcId: vpcId.optional(),
  vpcSubnets: z.array(subnetId).min(1).max(MOST_SUBNETS).optional(),
  securityGroupIds: z.array(securityGroupId).min(1).max(MOST_SECURITY_GROUPS).optional(),
  memoryMib: z.int().min(512).max(10240).optional(),
  logDays: z
    .int()
    .refine((days) => LOG_DAYS.includes(days), `one of ${LOG_DAYS.join(', ')}`)
    .optional(),
  logLevel: z.enum(LOG_LEVELS).optional(),
  logKey: kmsKeyArn.optional(),
  environmentKey: kmsKeyArn.optional(),
  removalPolicy: z.enum([RemovalPolicy.RETAIN, RemovalPolicy.DESTROY]).optional(),
  stateMachineName: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,80}$/, 'a name of 1 to 80 letters, digits, "-" and "_"')
    .optional(),
  tracing: z.boolean().default(true),
  acls: z.boolean().default(false),
});

/** The deployment of one mirror. */
export interface MirrorSettings extends z.output<typeof deploymentSchema> {
  /** The input of every execution, as given. Missing fields get their defaults when it runs. */
  readonly input: SyncRequest;
}

/** All settings: those of the deployment, and each field of the execution input. */
export const SETTINGS: Readonly<Record<string, z.ZodType>> = { ...deploymentSchema.shape, ...syncInputSchema.shape };

/**
 * Checks the settings of a mirror: one flat object with the settings of the deployment and the fields of the execution input.
 *
 * @throws InvalidInputError  one sentence with the setting, its value, and the expected value or the nearest known setting
 */
export function parseMirrorSettings(value: unknown): MirrorSettings {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidInputError(`Expected a mirror to be a JSON object, got ${formatValue(value)}`);
  }
  const given = Object.entries(value);
  const unknown = given.find(([key]) => !Object.hasOwn(SETTINGS, key));
  if (unknown) throw new InvalidInputError(describeUnknownField(unknown[0], Object.keys(SETTINGS)));
  const deployment = Object.fromEntries(given.filter(([key]) => Object.hasOwn(deploymentSchema.shape, key)));
  const input = Object.fromEntries(given.filter(([key]) => Object.hasOwn(syncInputSchema.shape, key)));
  const { sourceEndpointUrl: from = '', destinationEndpointUrl: to = '' } = deployment as Record<string, unknown>;
  parseSyncInput(input, () => from !== to);
  const parsed = deploymentSchema.safeParse(deployment, { reportInput: true });
  if (!parsed.success) throw new InvalidInputError(describeIssues(parsed.error, Object.keys(SETTINGS)));
  if (parsed.data.reportKey && !parsed.data.reportBucket) throw new InvalidInputError(STRAY_REPORT_KEY);
  refuseStrayNetwork(parsed.data);
  refuseStrayMonitoring(parsed.data);
  return { ...parsed.data, input: input as SyncRequest };
}

function refuseStrayMonitoring({ alarmEmail, ...given }: z.output<typeof deploymentSchema>): void {
  if (given.eventSource !== undefined && given.eventBus === undefined)
    throw new InvalidInputError('Expected `eventSource` together with `eventBus`, which gets the events, got none');
  if (given.runbookUrl !== undefined && alarmEmail === undefined && given.email === undefined)
    throw new InvalidInputError(
      'Expected `runbookUrl` together with `alarmEmail` or `email`, who gets its address, got none',
    );
  const stray = (['successWithinHours', 'metrics', 'dashboard'] as const).find((field) => given[field] !== undefined);
  if (alarmEmail !== undefined || stray === undefined) return;
  throw new InvalidInputError(`Expected \`${stray}\` together with \`alarmEmail\`, who gets the alarms, got none`);
}

function refuseStrayNetwork({ vpcId: id, vpcSubnets, securityGroupIds }: z.output<typeof deploymentSchema>): void {
  if (id === undefined && (vpcSubnets ?? securityGroupIds)) throw new InvalidInputError(STRAY_NETWORK);
  if (id !== undefined && !vpcSubnets) throw new InvalidInputError(NO_SUBNETS);
}
