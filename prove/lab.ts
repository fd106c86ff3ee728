import { randomInt } from 'node:crypto';
import { PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import type { HttpRequest, HttpResponse } from '@smithy/core/protocols';
import { S3Destination } from '../lambdas/s3/buckets/s3-destination';
import { S3Source } from '../lambdas/s3/buckets/s3-source';
import type { Side } from '../lambdas/s3/buckets/side';
import type { WriteSettings } from '../lambdas/s3/buckets/write-settings';
import type { Signing } from './aws-call';
import { type Credentials, observedClient } from './clients';
import { bytesOf, type Exchange, toExchange } from './exchange';
import type { Journal, Resource } from './journal';
import { labelBucket, makeBucket } from './make-bucket';
import type { Watcher } from './observing-handler';
import type { Spending } from './spending';
import type { StageId, StageOptions } from './stage-options';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

export function newName(): string {
  const random = Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `bucketsync-prove-${random}`;
}

/** A folder of a bucket of the stage. */
export interface Folder {
  readonly role: string;
  readonly prefix: string;
}

/** Both sides of a copy, as a run has them. */
export interface Pair {
  readonly source: S3Source;
  readonly destination: S3Destination;
}

/**
 * Everything that an assumption uses: buckets of this proof, and the mirror's own clients for them. All of it is noted,
 * counted and recorded.
 */
export class Lab implements Watcher {
  /** The current stage. Each stage has its own buckets, so that its fixtures are independent of other stages. */
  stage: StageId = 'A';
  /** Requests and answers since `takeExchanges`. */
  #exchanges: Exchange[] = [];
  #isRecording = true;
  readonly #clients = new Map<string, S3Client>();
  readonly #others: { destroy(): void }[] = [];
  /** How many answers had which status. */
  readonly statuses: Record<number, number> = {};
  readonly #buckets = new Map<string, Promise<string>>();
  /** Values that assumptions leave for later ones of their stage, by name. */
  readonly #shared = new Map<string, Promise<unknown>>();

  constructor(
    readonly journal: Journal,
    readonly spending: Spending,
    readonly options: StageOptions,
    readonly signal: AbortSignal,
  ) {}

  get name(): string {
    return this.journal.head.name;
  }

  get region(): string {
    return this.journal.head.region;
  }

  get client(): S3Client {
    return this.clientOf(this.region);
  }

  /** For requests to services other than S3. */
  get signing(): Signing {
    return { client: this.client, region: this.region, endpoint: this.journal.head.endpoint };
  }

  get send(): S3Client['send'] {
    const { client } = this;
    return client.send.bind(client);
  }

  /** A client with a role that the stage has assumed. */
  clientWith(credentials: Credentials): S3Client {
    const client = observedClient(this.region, this.journal.head.endpoint, this, credentials);
    this.#others.push(client);
    return client;
  }

  /** Lets the lab destroy a client at its end. */
  keep<Client extends { destroy(): void }>(client: Client): Client {
    this.#others.push(client);
    return client;
  }

  clientOf(region: string): S3Client {
    const known = this.#clients.get(region) ?? observedClient(region, this.journal.head.endpoint, this);
    this.#clients.set(region, known);
    return known;
  }

  /** A bucket of this stage, created when it is first used. @param role  the purpose of the bucket, such as `source` */
  bucket(role: string, region = this.region): Promise<string> {
    const name = `${this.name}-${this.stage.toLowerCase()}-${role}`;
    const known = this.#buckets.get(name) ?? this.#makeBucket(name, region);
    this.#buckets.set(name, known);
    return known;
  }

  /** The two sides of a copy, between buckets or folders of this stage. */
  async pair(
    from: Folder = { role: 'source', prefix: '' },
    to: Folder = { role: 'destination', prefix: '' },
    more: Partial<Pick<Side, 'owner' | 'client'>> = {},
    settings: WriteSettings = {},
  ): Promise<Pair> {
    const source = await this.#side(from, more);
    return {
      source: new S3Source(source),
      destination: new S3Destination(await this.#side(to, more), source, settings),
    };
  }

  async put(role: string, key: string, body: string | Uint8Array, more: Partial<PutObjectCommandInput> = {}) {
    const Bucket = await this.bucket(role);
    return this.send(new PutObjectCommand({ Bucket, Key: key, Body: body, ...more }));
  }

  /** Created when it is first used. */
  shared<T>(name: string, make: () => Promise<T>): Promise<T> {
    const known = this.#shared.get(`${this.stage} ${name}`) ?? make();
    this.#shared.set(`${this.stage} ${name}`, known);
    return known as Promise<T>;
  }

  /** Notes a resource, and makes it. */
  async make<T>(resource: Resource, make: () => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    this.journal.note(resource);
    return make();
  }

  /** The last request's answer, as it came. */
  get lastAnswer(): Exchange['answer'] {
    return this.#exchanges.at(-1)?.answer;
  }

  takeExchanges(): Exchange[] {
    const taken = this.#exchanges;
    this.#exchanges = [];
    return taken;
  }

  get stop(): AbortSignal | undefined {
    return this.spending.isCleaningUp ? undefined : this.signal;
  }

  beforeRequest(request: HttpRequest): void {
    if (!this.spending.isCleaningUp) this.signal.throwIfAborted();
    this.spending.addRequest(request, bytesOf(request.body).length);
  }

  afterAnswer(request: HttpRequest, response: HttpResponse | undefined): void {
    if (response) {
      const { statusCode, body } = response;
      this.spending.addAnswer(bytesOf(body).length);
      this.statuses[statusCode] = (this.statuses[statusCode] ?? 0) + 1;
    }
    if (this.#isRecording) this.#exchanges.push(toExchange(request, response));
  }

  destroy(): void {
    for (const client of [...this.#clients.values(), ...this.#others]) client.destroy();
  }

  async #side({ role, prefix }: Folder, more: Partial<Side>): Promise<Side> {
    return {
      client: this.client,
      bucket: await this.bucket(role),
      prefix,
      owner: undefined,
      pageSize: 1000,
      observer: { counters: { list: 0, head: 0, copy: 0, delete: 0, other: 0 }, onSlowDown: () => {} },
      ...more,
    };
  }

  async #makeBucket(name: string, region: string): Promise<string> {
    const client = this.clientOf(region);
    await makeBucket(client, { name, region }, (resource, create) => this.make(resource, create));
    this.#isRecording = false;
    await labelBucket(client, name, this.name).finally(() => {
      this.#isRecording = true;
    });
    return name;
  }
}
