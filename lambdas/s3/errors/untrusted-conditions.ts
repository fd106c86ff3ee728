import { randomUUID } from 'node:crypto';
import { errorCode, isForbidden } from './s3-errors';
import { statusOf } from './server-words';

/** An ETag that no object has. */
const NO_ETAG = `"${'0'.repeat(32)}"`;

/** Codes of servers that do not support conditional writes. */
const REFUSALS = ['NotImplemented', 'InvalidArgument', 'InvalidRequest', 'MethodNotAllowed', 'UnsupportedOperation'];

const PROBE = 'Nobody needs this object.\n';

interface Condition {
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
}

/** Writes and deletes of a bucket, under conditions. Both return false if the condition was not met. */
export interface ConditionalWrites {
  put(key: string, body: string, condition: Condition): Promise<boolean>;
  delete(key: string, condition: Condition): Promise<boolean>;
}

/** Conditions of a server that is not AWS. It may read them in another way, or not at all, so each is tried with objects of our own. */
export class UntrustedConditions {
  /** @param folder  where those objects are written */
  constructor(
    private readonly writes: ConditionalWrites,
    private readonly folder: string,
  ) {}

  /** Ceph's radosgw up to 16 compares the condition with the ETag without its quotes. @returns whether it wrote */
  async putOver(key: string, body: string, version: string): Promise<boolean> {
    if (await this.writes.put(key, body, { IfMatch: version })) return true;
    return (await this.#heedsBareETags()) && this.writes.put(key, body, { IfMatch: bare(version) });
  }

  /**
   * Whether a write whose condition is not met leaves the object.
   *
   * @param key  an object that is there
   * @param body  what it holds
   */
  async heedsWrites(key: string, body: string): Promise<boolean> {
    const conditions = [{ IfNoneMatch: '*' }, { IfMatch: NO_ETAG }];
    const written = await Promise.all(conditions.map((condition) => this.writes.put(key, body, condition)));
    return !written.includes(true);
  }

  /** Whether a delete whose condition is not met leaves the object. */
  async heedsDeletes(): Promise<boolean> {
    const key = this.#newKey();
    // without permission to delete, this fails before it creates an object that nobody could remove
    await this.writes.delete(key, { IfMatch: NO_ETAG });
    await this.writes.put(key, PROBE, { IfNoneMatch: '*' });
    try {
      return !(await this.writes.delete(key, { IfMatch: NO_ETAG }));
    } finally {
      await this.#forget(key);
    }
  }

  /** A server that does not know such an ETag may write in any case. It is tried on a new key, so nothing can be lost. */
  async #heedsBareETags(): Promise<boolean> {
    const key = this.#newKey();
    if (!(await this.writes.put(key, PROBE, { IfMatch: bare(NO_ETAG) }))) return true;
    await this.#forget(key);
    return false;
  }

  /** If a policy requires a condition on deletes, any condition works. The refusal may be the cause of an error in other words. */
  async #forget(key: string): Promise<void> {
    await this.writes.delete(key, {}).catch((error: Error) => {
      if (!isForbidden(error.cause ?? error)) throw error;
      return this.writes.delete(key, { IfMatch: '*' });
    });
  }

  #newKey(): string {
    return `${this.folder}probe-${randomUUID()}`;
  }
}

/** Whether a conditional write was rejected because the server has no conditional writes. */
export function refusesConditions(error: unknown): boolean {
  const status = statusOf(error) ?? 0;
  return status === 501 || status === 405 || (status < 500 && REFUSALS.includes(errorCode(error)));
}

function bare(eTag: string): string {
  return eTag.replaceAll('"', '');
}
