import type { BucketFacts, BucketQuestion } from '../../local/doctor/bucket-facts';
import type { Finding } from '../../local/doctor/finding';
import { version } from '../../package.json';
import { ENVIRONMENT } from '../../statemachine/contract';
import { InvalidInputError } from '../../statemachine/errors';
import { parseSyncInput } from '../../statemachine/input/parse-sync-input';
import { findSideSetting, type Side } from '../../statemachine/input/sides';
import type { SyncInput } from '../../statemachine/input/sync-input';
import { regionOfArn } from '../../statemachine/partition';
import { parseS3Url } from '../../wording/s3-url';
import type { ElsewhereOptions } from '../deployed/named-run';
import type { DeployedSettings } from '../deployed/read-stack';
import type { StateMachine } from '../deployed/state-machine';
import { adoptEnvironment, type EnvironmentOptions, runEnvironment } from '../input/run-environment';
import { isApartIn } from '../input/sides';
import { placeWords } from '../input/typed-command';
import { type Diagnosis, renderDiagnosis, toDocument } from '../output/diagnosis';
import { print, printJson } from '../output/output';

interface DoctorOptions extends EnvironmentOptions, ElsewhereOptions {
  readonly sourceOwner?: string;
  readonly destinationOwner?: string;
  readonly requestPayer?: 'requester';
  readonly invalidate?: string;
  readonly invalidateOriginPath?: string;
  readonly json?: boolean;
}

interface Arguments {
  readonly first?: string;
  readonly second?: string;
}

/** `bucketsync doctor`: what is wrong with a deployed mirror or with two buckets. @returns the exit code */
export async function doctorCommand({ first, second }: Arguments, options: DoctorOptions): Promise<number> {
  const diagnosis =
    second === undefined ? await examineStack(first, options) : await examinePair(first ?? '', second, options);
  if (options.json) printJson(toDocument(diagnosis));
  else print(`${renderDiagnosis(diagnosis, process.stdout)}\n`);
  return diagnosis.findings.some(({ state }) => state === 'failure') ? 1 : 0;
}

async function examinePair(source: string, destination: string, options: DoctorOptions): Promise<Diagnosis> {
  const stray = (['stack', 'stateMachine'] as const).find((name) => options[name] !== undefined);
  if (options.invalidateOriginPath !== undefined && options.invalidate === undefined)
    throw new InvalidInputError('Expected --invalidate with --invalidate-origin-path: the id of the distribution');
  if (stray) throw new InvalidInputError('Expected a stack or two buckets, got both');
  const [from, to] = [parseS3Url(source), parseS3Url(destination)];
  const env = await runEnvironment(process.env, options);
  adoptEnvironment(env);
  const { sourceOwner, destinationOwner, requestPayer, invalidate, invalidateOriginPath: originPath } = options;
  const input = parseSyncInput(
    {
      ...{ source: from.bucket, destination: to.bucket, prefix: from.prefix, destinationPrefix: to.prefix },
      ...{ ...(sourceOwner && { sourceOwner }), ...(destinationOwner && { destinationOwner }) },
      ...(requestPayer && { requestPayer }),
      ...(invalidate && { invalidate: { distribution: invalidate, ...(originPath && { originPath }) } }),
    },
    isApartIn(env),
  );
  const reportLocation = env[ENVIRONMENT.reportLocation];
  const findings = await examine(input, options, { reportLocation, ownOptions: ownOptionsOf(options) });
  return { version, subject: { source, destination }, findings };
}

async function examineStack(stack: string | undefined, options: DoctorOptions): Promise<Diagnosis> {
  if (stack?.startsWith('s3:')) throw new InvalidInputError(`Expected a destination after ${stack}: s3://bucket`);
  if (stack !== undefined && options.stack !== undefined) {
    throw new InvalidInputError('Expected the stack as an argument or as --stack, got both');
  }
  const [{ findStateMachine }, { readStack }, { checkStack }] = await Promise.all([
    import('../deployed/state-machine'),
    import('../deployed/read-stack'),
    import('../../local/doctor/check-stack'),
  ]);
  const named = { ...options, ...(stack !== undefined && { stack }) };
  const stateMachine = await findStateMachine(named);
  const places = placesOf({ stack: named.stack ?? stateMachine.stack, ...named });
  const region = regionOfArn(stateMachine.arn) ?? '';
  const awsOptions = [...awsOptionsOf(options), ...(options.region === undefined ? ['--region', region] : [])];
  const { facts, settings } = await readStack(stateMachine, options, {
    ...{ awsOptions, ownOptions: places, now: Date.now() },
  });
  const findings = checkStack(facts, version);
  const subject = { ...(facts.stack !== undefined && { stack: facts.stack }), stateMachineArn: stateMachine.arn };
  if (!('value' in settings)) {
    const about = facts.stack ?? stateMachine.arn;
    const says = `not checked: ${settings.unknown}`;
    return { version, subject, findings: [...findings, { check: 'stack.mirrors', about, state: 'unchecked', says }] };
  }
  adoptEnvironment(await runEnvironment(process.env, options));
  const ofMirrors = await examineMirrors(settings.value, stateMachine, options);
  return { version, subject, findings: [...findings, ...ofMirrors] };
}

async function examineMirrors(
  settings: DeployedSettings,
  stateMachine: StateMachine,
  options: DoctorOptions,
): Promise<Finding[]> {
  const { mirrors, reportLocation } = settings;
  const reports = reportLocation === undefined ? [] : ['--report-location', reportLocation];
  const ownOptions = [...ownOptionsOf({ ...options, reportLocation: undefined }), ...reports];
  const findings: Finding[] = [];
  for (const { input } of mirrors) {
    findings.push(...(await examine(input, options, { reportLocation, ownOptions, settings, stateMachine })));
  }
  return findings;
}

interface Place {
  readonly reportLocation: string | undefined;
  readonly ownOptions: readonly string[];
  /** Undefined: nothing is deployed, so nobody knows how a run will write. */
  readonly settings?: DeployedSettings;
  readonly stateMachine?: StateMachine;
}

async function examine(input: SyncInput, options: DoctorOptions, place: Place): Promise<Finding[]> {
  const [{ readBucket }, { checkBuckets }] = await Promise.all([
    import('../../local/doctor/read-bucket'),
    import('../../local/doctor/check-buckets'),
  ]);
  const now = Date.now();
  const [source, destination] = await Promise.all([
    readBucket(questionAbout('source', input, options, place), now),
    readBucket(questionAbout('destination', input, options, place), now),
  ]);
  return [
    ...checkBuckets(source, destination, place.settings && input),
    ...(await examineDistribution(input, destination, options, place)),
  ];
}

async function examineDistribution(
  { invalidate }: SyncInput,
  { bucket, prefix, endpoint, settings }: BucketFacts,
  options: DoctorOptions,
  { stateMachine }: Place,
): Promise<Finding[]> {
  if (!invalidate) return [];
  const [{ readDistribution }, { checkDistribution }, { readLastTold }] = await Promise.all([
    import('../../local/doctor/read-distribution'),
    import('../../local/doctor/check-distribution'),
    import('../deployed/read-last-told'),
  ]);
  const { distribution: id, originPath } = invalidate;
  const region = settings?.region ?? process.env.AWS_REGION ?? '';
  const [facts, lastTold] = await Promise.all([
    readDistribution({ id, bucket, prefix, originPath, region, endpoint, awsOptions: awsOptionsOf(options) }),
    stateMachine && readLastTold(id, stateMachine),
  ]);
  return checkDistribution({ ...facts, ...(lastTold && { lastTold }) });
}

function questionAbout(side: Side, input: SyncInput, options: DoctorOptions, place: Place): BucketQuestion {
  const isSource = side === 'source';
  const bucket = input[side];
  const elsewhere = findSideSetting(place.settings?.sides ?? [], side, bucket);
  return {
    side,
    bucket,
    prefix: isSource ? input.prefix : input.destinationPrefix,
    owner: isSource ? input.sourceOwner : input.destinationOwner,
    requestPayer: input.requestPayer,
    ...(!isSource && { reportLocation: place.reportLocation }),
    awsOptions: awsOptionsOf(options, side),
    ownOptions: place.ownOptions,
    ...(elsewhere && { unasked: OTHER_CREDENTIALS }),
  };
}

const OTHER_CREDENTIALS =
  'the functions reach this bucket in their own way: name both buckets, with the options that reach it from here';

/** Options by which a command of the AWS CLI reaches the same place. */
function awsOptionsOf(options: DoctorOptions, side?: Side): string[] {
  const own = (name: 'EndpointUrl' | 'Profile' | 'Region') =>
    side === undefined ? undefined : options[`${side}${name}`];
  const given = {
    'endpoint-url': own('EndpointUrl') ?? options.endpointUrl ?? (endpointInEnvironment(side) || undefined),
    profile: own('Profile') ?? options.profile,
    region: own('Region') ?? options.region,
  };
  return Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
}

/** The command may be pasted into another shell. */
function endpointInEnvironment(side: Side | undefined): string | undefined {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 } = process.env;
  return (side && AWS_ENDPOINT_URL_S3) || AWS_ENDPOINT_URL;
}

/** Options by which another command of bucketsync reaches the destination. */
function ownOptionsOf(options: DoctorOptions): readonly string[] {
  return placeWords({ ...options, destinationOwner: undefined } as EnvironmentOptions, ['destination']);
}

function placesOf({ stack, stateMachine, profile, region, endpointUrl }: ElsewhereOptions): string[] {
  const given = { stack, 'state-machine': stateMachine, profile, region, 'endpoint-url': endpointUrl };
  return Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
}
