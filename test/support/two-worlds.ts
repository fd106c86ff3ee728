import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { S3Client } from '@aws-sdk/client-s3';
import type { Host } from '../../lambdas/engine/ports/host';
import { openChannelsBy } from '../../lambdas/s3/credentials/credentials';
import { ENGINE_TASKS } from '../../local/engine-tasks';
import { runExecution } from '../../local/execution';
import type { TaskName } from '../../local/handlers';
import {
  type Bucket,
  type BucketOptions,
  type Credentials,
  type PutAttributes,
  type S3Server,
  startS3,
} from '../../local/s3';
import { ENVIRONMENT, type RunSummary, type SyncRequest } from '../../statemachine/contract';
import type { SideSetting } from '../../statemachine/input/sides';
import { RESERVED_FOLDER } from '../../statemachine/reserved-folder';
import { openUploads } from './contents';
import { hostOf, past } from './mirror';
import { temporaryFolder } from './temporary-folder';

const AT_ONCE = {
  ...{ ValidateInput: 0, CopyRange: 0, CopyOneRange: 0, DeleteRange: 0, DeleteOneRange: 0 },
  ...{ AdvanceCopy: 0, AdvanceDelete: 0, ClosePhase: 0, FinishRun: 0 },
};

export const THERE: Credentials = { accessKeyId: 'there', secretAccessKey: 'secret-there' };
export const HERE: Credentials = { accessKeyId: 'here', secretAccessKey: 'secret-here' };

/** What an object may have, of each kind. */
export const ATTRIBUTES: PutAttributes = {
  lastModified: past,
  storageClass: 'STANDARD_IA',
  tags: [
    ['team', 'blue + green'],
    ['ключ', 'ü'],
  ],
  user: { owner: 'Zoë', plain: 'yes' },
  system: {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'max-age=60',
    'content-disposition': 'attachment',
    'content-encoding': 'gzip',
    'content-language': 'de',
    expires: 'whenever',
  },
};

export interface TwoWorldsOptions {
  readonly host?: Partial<Host>;
  /** Wraps every Task, to see or to fail it. */
  readonly around?: (task: TaskName, invoke: () => Promise<unknown>, input: unknown) => Promise<unknown>;
}

/** Two S3s for a test file, each of which takes its own credentials only. */
export function useTwoWorlds(): TwoWorlds {
  const worlds = new TwoWorlds();
  beforeAll(() => worlds.start());
  afterAll(() => worlds.stop());
  beforeEach(() => worlds.reset());
  return worlds;
}

class TwoWorlds {
  readonly runsFolder = temporaryFolder();
  /** There once they have started. */
  there!: S3Server;
  here!: S3Server;
  #pairs = 0;

  async start(): Promise<void> {
    this.there = await startS3({ credentials: [THERE], region: 'auto' });
    this.here = await startS3({ credentials: [HERE], region: 'eu-west-1' });
    openChannelsBy((channel) => async () => (channel === 'there' ? THERE : HERE));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1', // nobody's
      AWS_ACCESS_KEY_ID: 'nobody',
      AWS_SECRET_ACCESS_KEY: 'nobody',
      AWS_REGION: 'us-east-1',
      [ENVIRONMENT.reportLocation]: pathToFileURL(this.runsFolder).href,
      [ENVIRONMENT.roundBudgetsMs]: '60000',
    });
  }

  async stop(): Promise<void> {
    await Promise.all([this.there.close(), this.here.close()]);
  }

  reset(): void {
    for (const s3 of [this.there, this.here]) {
      s3.onRequest = undefined;
      s3.requests.reset();
    }
    this.reach(this.there.endpoint, this.here.endpoint);
  }

  /** Sets where the two sides are reached. */
  reach(source: string, destination: string): void {
    const sides: SideSetting[] = [
      { side: 'source', endpointUrl: source, region: 'auto', channel: 'there' },
      { side: 'destination', endpointUrl: destination, region: 'eu-west-1', channel: 'here' },
    ];
    process.env[ENVIRONMENT.sides] = JSON.stringify(sides);
  }

  /** A new bucket on each side, and the input that mirrors one into the other. */
  createPair(options: { readonly source?: BucketOptions; readonly destination?: BucketOptions } = {}) {
    this.#pairs += 1;
    const source = this.there.createBucket(`data-${this.#pairs}`, options.source);
    const destination = this.here.createBucket(`copy-${this.#pairs}`, options.destination);
    return { source, destination, input: { source: source.name, destination: destination.name } };
  }

  run(input: SyncRequest, { host, around = (_task, invoke) => invoke() }: TwoWorldsOptions = {}): Promise<RunSummary> {
    const invoke = (task: TaskName, taskInput: unknown) =>
      around(task, async () => ENGINE_TASKS[task](taskInput as never, hostOf({ host })), taskInput);
    return runExecution(input, invoke, AT_ONCE);
  }
}

/** A client of one of them, for tests to see what anybody sees. */
export function connectWith({ endpoint, credentials, state: { region } }: S3Server): S3Client {
  if (credentials === 'any') throw new Error('Expected a server that takes credentials');
  return new S3Client({ endpoint, region, forcePathStyle: true, credentials: credentials[0] });
}

/** What a bucket holds, in short. */
export function digestsOf(bucket: Bucket): [key: string, ...unknown[]][] {
  const keys = [...bucket.index.after('')].map(({ key }) => key).filter((key) => !key.startsWith(RESERVED_FOLDER));
  return keys.flatMap((key) => {
    const object = bucket.get(key);
    if (!object) return [];
    const { body, metadata, tags, storageClass, websiteRedirect } = object;
    const hash = createHash('sha256');
    for (const chunk of body.chunks()) hash.update(chunk);
    return [[key, hash.digest('hex'), metadata, tags, storageClass, websiteRedirect]];
  });
}

/** What the mirror promises, ETags included, and that nothing is left behind. */
export function expectEqual(source: Bucket, destination: Bucket): void {
  expect(digestsOf(destination)).toEqual(digestsOf(source));
  for (const { key } of source.index.after('')) expect(destination.get(key)?.eTag).toBe(source.get(key)?.eTag);
  expect(openUploads(destination)).toEqual([]);
}
