import { extname } from 'node:path';
import {
  DeleteObjectCommand,
  type DeleteObjectCommandInput,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { ReportLocationError } from '../../../statemachine/errors';
import { formatS3Url } from '../../../wording/s3-url';
import { TokenWatch } from '../../engine/listing/token-watch';
import { heedsNone } from '../../engine/ports/lock-store';
import type { RunStore } from '../../engine/ports/run-store';
import { anyRegionClient } from '../../s3/client/s3-client';
import { readWhole, requireKept } from '../../s3/client/whole-file';
import { orExpired } from '../../s3/credentials/renew-credentials';
import { isAws } from '../../s3/credentials/worlds';
import { retryConflicts } from '../../s3/errors/conflicts';
import { isAbsent, isForbidden } from '../../s3/errors/s3-errors';
import { messageOf } from '../../s3/errors/server-words';
import { isUnknownRequest } from '../../s3/errors/unknown-request';
import { unlessUnmet } from '../../s3/errors/unless-unmet';
import { refusesConditions, UntrustedConditions } from '../../s3/errors/untrusted-conditions';
import { ANOTHER_PLACE } from './another-place';
import { patiently, type Waiting } from './patiently';

/** Types that browsers, and so the S3 console, open with a click. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json',
};

/** A proxy may cut an answer. */
const TRIES = 3;

/** A run store in a bucket. */
export class S3RunStore implements RunStore {
  /** @param owner  account that must own the bucket. If another account recreated the bucket, it is neither written nor read */
  constructor(
    private readonly bucket: string,
    private readonly owner?: string,
    private readonly waiting: Waiting = { leftMs: () => 0 },
  ) {}

  locate(name: string): string {
    return formatS3Url(this.bucket, name);
  }

  async put(name: string, body: string | Uint8Array): Promise<void> {
    await this.#put(name, body, {});
  }

  async get(name: string) {
    try {
      return await this.#ask((client) => readWhole(client, { ...this.#place, Key: name }));
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  async putIfAbsent(name: string, body: string | Uint8Array): Promise<boolean> {
    if (isAws()) return this.#putIf(name, body, { IfNoneMatch: '*' });
    if (await this.get(name)) return false;
    try {
      return await this.#putIf(name, body, { IfNoneMatch: '*' });
    } catch (error) {
      if (!refusesConditions(error)) throw error;
      await this.put(name, body);
      return true;
    }
  }

  async replace(name: string, body: string, version: string | undefined): Promise<boolean> {
    try {
      if (version === undefined) return await this.#putIf(name, body, { IfNoneMatch: '*' });
      if (isAws()) return await this.#putIf(name, body, { IfMatch: version });
      return await this.#untrusted(name).putOver(name, body, version);
    } catch (error) {
      throw isAws() || !refusesConditions(error) ? error : heedsNone(this.locate(''), error as Error);
    }
  }

  async delete(name: string): Promise<void> {
    await this.#ask((client) => client.send(new DeleteObjectCommand({ ...this.#place, Key: name })));
  }

  async deleteVersion(name: string, version: string): Promise<boolean | 'unsafe'> {
    if (isAws()) return this.#deleteIf(name, { IfMatch: version });
    try {
      if (await this.#untrusted(name).heedsDeletes()) return await this.#deleteIf(name, { IfMatch: version });
    } catch (error) {
      if (!isForbidden(error) && !isUnknownRequest(error)) throw error;
    }
    return 'unsafe';
  }

  async heedsConditions(name: string, body: string): Promise<boolean> {
    try {
      return isAws() || (await this.#untrusted(name).heedsWrites(name, body));
    } catch (error) {
      throw refusesConditions(error) ? heedsNone(this.locate(''), error as Error) : error;
    }
  }

  async list(prefix: string, after?: string): Promise<string[]> {
    const watch = new TokenWatch();
    let page = await this.#listPage({ Prefix: prefix, StartAfter: after });
    // S3 may pass over many delete markers, and end a page before it has found a name
    while (page.names.length === 0 && page.next !== undefined) {
      watch.take(page.next);
      page = await this.#listPage({ Prefix: prefix, ContinuationToken: page.next });
    }
    const names = [...page.names];
    const other = names.find((name) => !name.startsWith(prefix) || (after !== undefined && !isBehind(name, after)));
    if (other === undefined) return names;
    // the same names would come again and again
    throw new ReportLocationError(
      `Expected ${formatS3Url(this.bucket)} to list what begins with ${JSON.stringify(prefix)}` +
        `${after === undefined ? '' : ` behind ${JSON.stringify(after)}`}, got ${JSON.stringify(other)}: this S3 ignores fields of the list request. ${ANOTHER_PLACE}`,
    );
  }

  /** The SDK reads any document without names, such as the page of a proxy, as an empty page. */
  async #listPage(
    asked: Pick<ListObjectsV2CommandInput, 'Prefix' | 'StartAfter' | 'ContinuationToken'>,
    tries = TRIES,
  ): Promise<{ readonly names: readonly string[]; readonly next: string | undefined }> {
    const command = new ListObjectsV2Command({ ...this.#place, ...asked });
    const page = await this.#ask((client) => client.send(command));
    if (page.IsTruncated !== undefined) {
      const names = (page.Contents ?? []).flatMap(({ Key }) => Key ?? []);
      return { names, next: page.IsTruncated ? (page.NextContinuationToken ?? '') : undefined };
    }
    if (tries > 1) return this.#listPage(asked, tries - 1);
    throw new Error(
      `Expected ${formatS3Url(this.bucket)} to list what begins with ${JSON.stringify(asked.Prefix)}, got an answer that is no list page`,
    );
  }

  get #place() {
    return { Bucket: this.bucket, ExpectedBucketOwner: this.owner };
  }

  /** @param name  what is tried is written beside it */
  #untrusted(name: string): UntrustedConditions {
    const writes = {
      put: (key: string, body: string, condition: Partial<PutObjectCommandInput>) => this.#putIf(key, body, condition),
      delete: (key: string, condition: Partial<DeleteObjectCommandInput>) => this.#deleteIf(key, condition),
    };
    return new UntrustedConditions(writes, name.slice(0, name.lastIndexOf('/') + 1));
  }

  #deleteIf(name: string, condition: Partial<DeleteObjectCommandInput>): Promise<boolean> {
    const command = new DeleteObjectCommand({ ...this.#place, Key: name, ...condition });
    return unlessUnmet(this.#ask((client) => client.send(command)));
  }

  #putIf(name: string, body: string | Uint8Array, condition: Partial<PutObjectCommandInput>): Promise<boolean> {
    return unlessUnmet(this.#put(name, body, condition));
  }

  async #put(name: string, body: string | Uint8Array, condition: Partial<PutObjectCommandInput>): Promise<void> {
    const content = { Body: body, ContentLength: Buffer.byteLength(body), ContentType: CONTENT_TYPES[extname(name)] };
    const command = new PutObjectCommand({ ...this.#place, Key: name, ...content, ...condition });
    await this.#ask(async (client) => requireKept(await client.send(command), name));
  }

  /** Adds the bucket to S3's errors, which do not name it, because a run has two other buckets. */
  async #ask<Output>(send: (client: S3Client) => Promise<Output>): Promise<Output> {
    try {
      const client = await anyRegionClient();
      return await patiently(() => retryConflicts(() => send(client)), this.waiting);
    } catch (cause) {
      const error = orExpired(cause);
      if (!(error instanceof Error)) throw error;
      const message = `Could not use ${formatS3Url(this.bucket)} for reports and locks: ${messageOf(error)}`;
      if (error.name === 'NoSuchBucket') throw new ReportLocationError(`${message}. ${ANOTHER_PLACE}`, { cause });
      error.message = message;
      throw error;
    }
  }
}

function isBehind(name: string, after: string): boolean {
  return Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0;
}
