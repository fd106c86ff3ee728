import {
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { DiagnosisDocument, FindingDocument } from '../../cli/output/diagnosis';
import { type Bucket, type BucketOptions, type S3Server, startS3 } from '../../local/s3';
import { connect } from '../support/s3-client';
import { temporaryFolder } from '../support/temporary-folder';
import { runCliHere } from './in-process';

const OWNER = '111122223333';
export const OWNERS = ['--source-owner', OWNER, '--destination-owner', OWNER];

export interface Diagnosis extends DiagnosisDocument {
  readonly exitCode: number | null;
}

export interface Pair {
  readonly source: Bucket;
  readonly destination: Bucket;
  readonly reports: string;
}

export const GOOD_RULE: LifecycleRule = {
  ID: 'tidy',
  Status: 'Enabled',
  Filter: { Prefix: '' },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
  NoncurrentVersionExpiration: { NoncurrentDays: 30 },
};

export const PLAIN_RULE: LifecycleRule = { ...GOOD_RULE, NoncurrentVersionExpiration: undefined };

/** An embedded S3 for a suite, and the doctor for pairs of its buckets. */
export class DoctorPairs {
  s3!: S3Server;
  client!: S3Client;
  /** Of the command line. */
  env: NodeJS.ProcessEnv = {};
  #pairs = 0;

  async start(): Promise<void> {
    this.s3 = await startS3({ ownerId: OWNER });
    this.client = connect(this.s3.endpoint);
  }

  /** Two buckets with which everything is all right. */
  async create(options: BucketOptions = {}): Promise<Pair> {
    const number = ++this.#pairs;
    const source = this.s3.createBucket(`source-${number}`);
    const destination = this.s3.createBucket(`destination-${number}`, { versioning: 'Enabled', ...options });
    source.put('index.html', 'hello');
    await this.putRules(destination, [GOOD_RULE]);
    return { source, destination, reports: temporaryFolder() };
  }

  async putRules({ name, region }: Bucket, Rules: LifecycleRule[]): Promise<void> {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const own = new S3Client({ endpoint: this.s3.endpoint, region, credentials, forcePathStyle: true });
    await own.send(new PutBucketLifecycleConfigurationCommand({ Bucket: name, LifecycleConfiguration: { Rules } }));
  }

  async putPolicy({ name }: Bucket, statement: object): Promise<void> {
    const whole = { Sid: 'Rule', Effect: 'Deny', Principal: '*', Resource: `arn:aws:s3:::${name}/*`, ...statement };
    await this.client.send(new PutBucketPolicyCommand({ Bucket: name, Policy: JSON.stringify({ Statement: whole }) }));
  }

  async examine({ source, destination, reports }: Pair, ...args: string[]): Promise<Diagnosis> {
    const places = [`s3://${source.name}`, `s3://${destination.name}`];
    const words = ['doctor', ...places, '--json', '--report-location', reports, ...args];
    const done = await runCliHere(this.s3, words, '', this.env);
    if (done.stdout === '') throw new Error(done.stderr);
    return { ...JSON.parse(done.stdout), exitCode: done.exitCode };
  }
}

export function useDoctorPairs(): DoctorPairs {
  const pairs = new DoctorPairs();
  beforeAll(() => pairs.start());
  afterAll(() => pairs.s3.close());
  afterEach(() => {
    pairs.s3.onRequest = undefined;
  });
  return pairs;
}

export const statesOf = ({ findings }: Diagnosis) =>
  Object.fromEntries(findings.map(({ check, state }) => [check, state]));

/** The only line of a check. */
export function lineOf({ findings }: Diagnosis, check: string): FindingDocument {
  const [line, ...others] = findings.filter((finding) => finding.check === check);
  if (!line || others.length > 0) throw new Error(`Expected one line ${check}, got ${others.length + (line ? 1 : 0)}`);
  return line;
}
