import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  ListObjectsV2Command,
  type MultipartUpload,
  type S3Client,
} from '@aws-sdk/client-s3';
import { findRegion } from '../../lambdas/host/find-region';
import { s3Client } from '../../lambdas/s3/client/s3-client';
import { endpointOf, worldOf } from '../../lambdas/s3/credentials/worlds';
import { statusOf } from '../../lambdas/s3/errors/server-words';
import { AnswerTooLargeError } from '../../lambdas/s3/network/dispatch';
import { RESERVED_FOLDER } from '../../statemachine/reserved-folder';
import { formatCount } from '../../wording/numbers';
import { ask, whyNot } from './ask';
import type {
  BucketFacts,
  BucketQuestion,
  BucketSettings,
  EncryptionFacts,
  LifecycleFacts,
  UploadFacts,
} from './bucket-facts';
import type { Answer } from './finding';
import { readKeyState } from './key-state';
import { readLocks } from './read-locks';

/** Reads everything that the checks ask about a side. Sends only HEAD and GET, to KMS DescribeKey. */
export async function readBucket(question: BucketQuestion, now: number): Promise<BucketFacts> {
  const { side, bucket, prefix, requestPayer, unasked } = question;
  if (unasked !== undefined) return question;
  const world = worldOf(side, bucket);
  const endpoint = endpointOf(world);
  const about = { ...question, ...(endpoint !== undefined && { endpoint }) };
  try {
    // the owner is a check of its own
    const region = await findRegion(bucket, undefined, prefix, requestPayer, side);
    return { ...about, settings: await readSettings(about, s3Client(region, world), region, now) };
  } catch (error) {
    return { ...about, problem: (error as Error).message };
  }
}

async function readSettings(
  facts: BucketFacts,
  client: S3Client,
  region: string,
  now: number,
): Promise<BucketSettings> {
  const reader = new SettingsReader(facts, client);
  const isDestination = facts.side === 'destination';
  const ofDestination = <T>(read: () => Promise<Answer<T>>): Promise<Answer<T>> =>
    isDestination ? read() : Promise.resolve({ unknown: 'only the destination is asked' });
  const [ownedAsExpected, firstKey, policy, versioning, lifecycle, ownership, lockedDays, encryption, uploads, lock] =
    await Promise.all([
      reader.ownedAsExpected(),
      reader.firstKey(),
      reader.policy(),
      ofDestination(() => reader.versioning()),
      ofDestination(() => reader.lifecycle()),
      ofDestination(() => reader.ownership()),
      ofDestination(() => reader.lockedDays()),
      ofDestination(() => reader.encryption()),
      ofDestination(() => reader.uploads()),
      ofDestination(() => ask('s3:GetObject', () => readLocks(facts, region))),
    ]);
  const readable = await reader.readable(firstKey);
  const keyState = await ofDestination(() => readKeyState(encryption, { client, region, endpoint: facts.endpoint }));
  const settings = { versioning, lifecycle, ownership, lockedDays, encryption, keyState, uploads, lock };
  return { region, ownedAsExpected, firstKey, readable, policy, ...settings, now };
}

/** Of a thousand each. */
const MOST_PAGES = 10;
const NO_RULES: LifecycleFacts = { rules: [] };
/** S3 encrypts all new objects, and older servers do not say so. */
const BY_S3: EncryptionFacts = { algorithm: 'AES256' };

/** One method for each request. */
class SettingsReader {
  constructor(
    private readonly facts: BucketFacts,
    private readonly client: S3Client,
  ) {}

  async ownedAsExpected(): Promise<Answer<boolean>> {
    const { bucket, owner, side } = this.facts;
    if (owner === undefined) return { unknown: `no account was named with --${side}-owner` };
    try {
      await this.client.send(new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner: owner }));
      return { value: true };
    } catch (error) {
      // the same without the account was allowed
      return statusOf(error) === 403 ? { value: false } : { unknown: whyNot(error, 's3:ListBucket') };
    }
  }

  /** Two keys, because the first one may be the lock's. */
  firstKey(): Promise<Answer<string | undefined>> {
    const { prefix } = this.facts;
    return ask('s3:ListBucket', async () => {
      const page = new ListObjectsV2Command({ ...this.#folder(), Prefix: prefix || undefined, MaxKeys: 2 });
      const { Contents = [] } = await this.client.send(page);
      return Contents.flatMap(({ Key }) => (Key?.startsWith(RESERVED_FOLDER) ? [] : (Key ?? [])))[0];
    });
  }

  /** One byte, so that the key that encrypts the object is needed, too. */
  async readable(firstKey: Answer<string | undefined>): Promise<Answer<true | string>> {
    if (this.facts.side !== 'source') return { unknown: 'only the source is read' };
    if (!('value' in firstKey)) return firstKey;
    if (firstKey.value === undefined) return { unknown: 'there is no object to read' };
    const object = { ...this.#folder(), Key: firstKey.value };
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ ...object, Range: 'bytes=0-0' }));
      await Body?.transformToByteArray();
      return { value: true };
    } catch (error) {
      if (error instanceof AnswerTooLargeError || statusOf(error) === 416) return { value: true };
      return { value: whyNot(error, 's3:GetObject') };
    }
  }

  policy(): Promise<Answer<string | undefined>> {
    return ask(
      's3:GetBucketPolicy',
      async () => (await this.client.send(new GetBucketPolicyCommand(this.#bucket()))).Policy,
      { NoSuchBucketPolicy: undefined },
    );
  }

  versioning(): BucketAnswer<'versioning'> {
    return ask(
      's3:GetBucketVersioning',
      async () => (await this.client.send(new GetBucketVersioningCommand(this.#bucket()))).Status,
    );
  }

  lifecycle(): BucketAnswer<'lifecycle'> {
    return ask(
      's3:GetLifecycleConfiguration',
      async () => {
        const { Rules: rules = [], TransitionDefaultMinimumObjectSize: transitionDefault } = await this.client.send(
          new GetBucketLifecycleConfigurationCommand(this.#bucket()),
        );
        return { rules, ...(transitionDefault !== undefined && { transitionDefault }) };
      },
      { NoSuchLifecycleConfiguration: NO_RULES },
    );
  }

  /** A bucket that is older than object ownership: the writer owns its objects. */
  ownership(): BucketAnswer<'ownership'> {
    return ask(
      's3:GetBucketOwnershipControls',
      async () => {
        const { OwnershipControls } = await this.client.send(new GetBucketOwnershipControlsCommand(this.#bucket()));
        return OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? 'ObjectWriter';
      },
      { OwnershipControlsNotFoundError: 'ObjectWriter' },
    );
  }

  lockedDays(): BucketAnswer<'lockedDays'> {
    return ask(
      's3:GetBucketObjectLockConfiguration',
      async () => {
        const { ObjectLockConfiguration } = await this.client.send(
          new GetObjectLockConfigurationCommand(this.#bucket()),
        );
        if (ObjectLockConfiguration?.ObjectLockEnabled !== 'Enabled') return undefined;
        const { Days, Years } = ObjectLockConfiguration.Rule?.DefaultRetention ?? {};
        return Days ?? (Years ?? 0) * 365;
      },
      { ObjectLockConfigurationNotFoundError: undefined },
    );
  }

  encryption(): BucketAnswer<'encryption'> {
    return ask(
      's3:GetEncryptionConfiguration',
      async () => {
        const { ServerSideEncryptionConfiguration } = await this.client.send(
          new GetBucketEncryptionCommand(this.#bucket()),
        );
        const byDefault = ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
        const keyId = byDefault?.KMSMasterKeyID;
        return { algorithm: byDefault?.SSEAlgorithm ?? 'AES256', ...(keyId && { keyId }) };
      },
      { ServerSideEncryptionConfigurationNotFoundError: BY_S3 },
    );
  }

  /** An upload on a later page may be older than those on the first one. */
  uploads(): BucketAnswer<'uploads'> {
    const { prefix } = this.facts;
    return ask('s3:ListBucketMultipartUploads', async () => {
      const found: UploadFacts[] = [];
      let next: Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'> | undefined = {};
      for (let page = 0; next; page++) {
        if (page >= MOST_PAGES) throw new Error(`there are more than ${formatCount(found.length)} unfinished uploads`);
        const request: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
          ...this.#folder(),
          Prefix: prefix || undefined,
          ...next,
        });
        const { Uploads = [], IsTruncated, NextKeyMarker, NextUploadIdMarker } = await this.client.send(request);
        found.push(...Uploads.map(describeUpload));
        next = IsTruncated ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : undefined;
      }
      return found;
    });
  }

  #bucket() {
    return { Bucket: this.facts.bucket };
  }

  #folder() {
    return { Bucket: this.facts.bucket, RequestPayer: this.facts.requestPayer };
  }
}

function describeUpload({ Key: key = '', UploadId: id = '', Initiated }: MultipartUpload): UploadFacts {
  return { key, id, startedAt: Initiated?.getTime() ?? 0 };
}

type BucketAnswer<Name extends keyof BucketSettings> = Promise<BucketSettings[Name]>;
