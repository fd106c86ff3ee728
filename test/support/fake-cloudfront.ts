import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { XMLParser } from 'fast-xml-parser';
import { endpointOf, endServer, listenOnLoopback } from './loopback';

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/InvalidationLimits.html */
const MOST_PATHS = 3_000;
const MOST_WILDCARDS = 15;
const LONGEST_PATH = 4_000;
const LONGEST_TAG = 256;

/** What RFC 1738 calls unsafe, and what is no visible ASCII. A path has it percent-encoded. */
const UNSAFE = /[^!-~]|[<>"#{}|\\^~[\]`]/;

export interface Invalidation {
  readonly id: string;
  readonly distribution: string;
  readonly callerReference: string;
  /** Items that begin with `#` are tags. */
  readonly paths: readonly string[];
  status: 'InProgress' | 'Completed';
}

/** An answer instead of the right one. `noAnswer`: the request is carried out, and its connection ends. */
export type CloudFrontFault = { readonly status: number; readonly code: string } | 'noAnswer';

export interface FakeCloudFrontOptions {
  /** Ids of the distributions that there are. */
  readonly distributions?: readonly string[];
  /** What each of them is like. */
  readonly settings?: DistributionOfFake;
  /** Called when an invalidation was created, before the answer. */
  readonly onInvalidation?: (paths: readonly string[]) => void;
  /** Whether invalidations stay in progress until `complete` is called. Otherwise the first look finds them completed. */
  readonly isSlow?: boolean;
}

export interface DistributionOfFake {
  isEnabled?: boolean;
  origins?: readonly { readonly domain: string; readonly path: string }[];
}

/**
 * CloudFront, as far as it invalidates. It is as strict as its documentation, where that can be read in two ways:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html
 */
export class FakeCloudFront {
  readonly invalidations: Invalidation[] = [];
  /** Each request that arrived: `CreateInvalidation` or `GetInvalidation`. */
  readonly requests: string[] = [];
  /** For the next requests, one each. */
  readonly faults: CloudFrontFault[] = [];
  readonly #server: Server;

  private constructor(private readonly options: FakeCloudFrontOptions) {
    this.#server = createServer(async (request, response) => {
      const body = await text(request);
      const fault = this.faults.shift();
      const answer =
        fault === undefined || fault === 'noAnswer' ? this.#answer(request, body) : refusal(fault.status, fault.code);
      if (fault === 'noAnswer') return void response.destroy();
      response
        .writeHead(answer.status, { 'content-type': 'text/xml', ...(answer.eTag && { etag: answer.eTag }) })
        .end(answer.body);
    });
  }

  static async start(options: FakeCloudFrontOptions = {}): Promise<FakeCloudFront> {
    const cloudFront = new FakeCloudFront(options);
    await listenOnLoopback(cloudFront.#server);
    return cloudFront;
  }

  /** For `AWS_ENDPOINT_URL_CLOUDFRONT`. */
  get endpoint(): string {
    return endpointOf(this.#server);
  }

  /** The paths of all invalidations, in the order of their creation. */
  get paths(): string[] {
    return this.invalidations.flatMap(({ paths }) => paths);
  }

  complete(): void {
    for (const invalidation of this.invalidations) invalidation.status = 'Completed';
  }

  clear(): void {
    for (const list of [this.invalidations, this.requests, this.faults]) list.splice(0);
  }

  close(): void {
    endServer(this.#server);
  }

  #answer({ method, url = '' }: IncomingMessage, body: string): Answer {
    const [, asked] = /^\/2020-05-31\/distribution\/([^/?]+)$/.exec(url) ?? [];
    if (asked !== undefined) {
      this.requests.push(method === 'GET' ? 'GetDistribution' : 'UpdateDistribution');
      return this.#isKnown(asked) ? this.#describe(asked) : refusal(404, 'NoSuchDistribution');
    }
    const [, distribution = '', id] =
      /^\/2020-05-31\/distribution\/([^/?]+)\/invalidation(?:\/([^/?]+))?\/?$/.exec(url) ?? [];
    this.requests.push(method === 'POST' ? 'CreateInvalidation' : 'GetInvalidation');
    if (!this.#isKnown(distribution)) return refusal(404, 'NoSuchDistribution');
    return method === 'POST' ? this.#create(distribution, body) : this.#get(distribution, id);
  }

  #isKnown(distribution: string): boolean {
    return (this.options.distributions ?? ['EDFDVBD6EXAMPLE']).includes(distribution);
  }

  #describe(id: string): Answer {
    const { isEnabled = true, origins = [] } = this.options.settings ?? {};
    const items = origins.map(({ domain, path }, index) =>
      element('Origin', { Id: `${index}`, DomainName: domain, OriginPath: path }),
    );
    const config = `<Origins><Quantity>${items.length}</Quantity><Items>${items.join('')}</Items></Origins>`;
    const settings = `<DistributionConfig><CallerReference>1</CallerReference>${config}<Enabled>${isEnabled}</Enabled></DistributionConfig>`;
    return { status: 200, body: `<Distribution ${NAMESPACE}><Id>${id}</Id>${settings}</Distribution>`, eTag: 'E1' };
  }

  #get(distribution: string, id: string | undefined): Answer {
    const found = this.invalidations.find((known) => known.id === id && known.distribution === distribution);
    if (!found) return refusal(404, 'NoSuchInvalidation');
    if (!this.options.isSlow) found.status = 'Completed';
    return { status: 200, body: toXml(found) };
  }

  #create(distribution: string, body: string): Answer {
    const { InvalidationBatch: batch } = PARSER.parse(body);
    const callerReference: string = batch.CallerReference;
    const paths: string[] = batch.Paths.Items?.Path ?? [];
    if (Number(batch.Paths.Quantity) !== paths.length) return refusal(400, 'InconsistentQuantities');
    if (paths.length === 0 || !callerReference || paths.some((path) => whyRefused(path) !== undefined))
      return refusal(400, 'InvalidArgument');
    const former = this.invalidations.find(
      (known) => known.callerReference === callerReference && known.distribution === distribution,
    );
    if (former) {
      const isSame = JSON.stringify([...former.paths].sort()) === JSON.stringify([...paths].sort());
      return isSame ? { status: 201, body: toXml(former) } : refusal(400, 'InvalidationBatchAlreadyExists');
    }
    if (paths.length > MOST_PATHS) return refusal(413, 'BatchTooLarge');
    const atWork = [...this.#inProgress(distribution), ...paths];
    const wildcards = atWork.filter((path) => path.endsWith('*'));
    if (wildcards.length > MOST_WILDCARDS || atWork.length - wildcards.length > MOST_PATHS)
      return refusal(400, 'TooManyInvalidationsInProgress');
    const id = `I${String(this.invalidations.length + 1).padStart(13, '0')}`;
    const invalidation: Invalidation = { id, distribution, callerReference, paths, status: 'InProgress' };
    this.invalidations.push(invalidation);
    this.options.onInvalidation?.(paths);
    return { status: 201, body: toXml(invalidation) };
  }

  #inProgress(distribution: string): string[] {
    return this.invalidations
      .filter((known) => known.distribution === distribution && known.status === 'InProgress')
      .flatMap(({ paths }) => paths);
  }
}

/**
 * Whether an invalidation of `pattern` removes what an edge has cached for a viewer's request. Nothing is decoded: nobody documents
 * that CloudFront takes an encoded character for the same as a plain one.
 *
 * @param path  as the viewer has asked for it, without the query string
 */
export function matchesPath(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

/** Why CloudFront refuses a path, or a tag; undefined: it does not. */
export function whyRefused(path: string): string | undefined {
  if (path.startsWith('#'))
    return /^#[!-+\--~]+$/.test(path) && path.length <= LONGEST_TAG ? undefined : 'it is no tag';
  if (!path.startsWith('/')) return 'it does not begin with "/"';
  if (path.length > LONGEST_PATH) return 'it is too long';
  if (path.slice(0, -1).includes('*')) return 'it has "*" before its end';
  if (UNSAFE.test(path)) return 'it has a character that is not encoded';
  return /%(?![\dA-F]{2})/i.test(path) ? 'it has a "%" that encodes nothing' : undefined;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly eTag?: string;
}

const PARSER = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'Path' });
const NAMESPACE = 'xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"';

function refusal(status: number, code: string): Answer {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>said by CloudFront</Message></Error>`;
  return { status, body: `<ErrorResponse ${NAMESPACE}>${error}<RequestId>1</RequestId></ErrorResponse>` };
}

function element(name: string, fields: Readonly<Record<string, string>>): string {
  const inner = Object.entries(fields).map(([field, value]) => `<${field}>${value}</${field}>`);
  return `<${name}>${inner.join('')}</${name}>`;
}

function toXml({ id, status, callerReference, paths }: Invalidation): string {
  const items = paths.map((path) => `<Path>${path.replaceAll('&', '&amp;')}</Path>`).join('');
  const batch = `<Paths><Quantity>${paths.length}</Quantity><Items>${items}</Items></Paths><CallerReference>${callerReference}</CallerReference>`;
  return (
    `<Invalidation ${NAMESPACE}><Id>${id}</Id><Status>${status}</Status><CreateTime>2026-01-01T00:00:00Z</CreateTime>` +
    `<InvalidationBatch>${batch}</InvalidationBatch></Invalidation>`
  );
}
