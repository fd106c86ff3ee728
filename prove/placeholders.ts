import type { Body, Exchange } from './exchange';

/** Elements of answers whose text is the server's own choice and comes back in later requests. */
const CHOSEN = /<(UploadId|VersionId|NextContinuationToken|DeleteMarkerVersionId|NextVersionIdMarker)>([^<]+)<\/\1>/g;
const CHOSEN_HEADERS: Readonly<Record<string, string>> = { 'x-amz-version-id': 'VersionId' };
/** Elements and headers that depend on a server or a moment, and not on S3. */
const VARYING = /<(RequestId|HostId|Location|ID|DisplayName|Resource)>[^<]*<\/\1>/g;
const DATES = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z|\b\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g;
const REQUEST_HEADERS =
  /^(content-(?!length)|expires$|cache-control|if-|range$|x-amz-(?!date$|content-sha256|user-agent))/;
const ANSWER_HEADERS =
  /^(content-(type|disposition|encoding|language|range)|cache-control|expires|etag|last-modified|x-amz-(?!request-id|id-2|expiration|abort-|bucket-arn))/;
const PROOF = 'bucketsync-prove-00000000';
const ACCOUNT = '123456789012';

/**
 * Replaces values that depend on a server or a day by placeholders, numbered in the order in which they first occur. So
 * two servers that answer alike give the same text.
 */
export class Placeholders {
  /** Placeholder of each value that the server has chosen. */
  readonly #chosen = new Map<string, string>();
  readonly #counts: Record<string, number> = {};

  constructor(
    private readonly proof: string,
    private readonly account?: string,
  ) {}

  /** An exchange as a fixture stores it: the same for everybody who records it, at any time. */
  hide({ method, host, path, headers, body, answer }: Exchange) {
    if (answer) this.#learn(answer);
    // AWS has a host for each bucket, other servers rarely do.
    const [bucket = ''] = host.startsWith(this.proof) ? host.split('.s3') : [];
    return {
      request: {
        method,
        path: this.#hideText(bucket === '' ? path : `/${bucket}${path}`),
        headers: this.#hideHeaders(headers, REQUEST_HEADERS),
        body: this.#hideBody(body),
      },
      answer: answer && {
        status: answer.status,
        headers: this.#hideHeaders(answer.headers, ANSWER_HEADERS),
        body: this.#hideBody(answer.body),
      },
    };
  }

  /** A text of a fixture, with what this server has chosen for its placeholders. @param encode  as the text has it */
  fill(text: string, encode: (value: string) => string = (value) => value): string {
    let filled = text.replaceAll(PROOF, this.proof);
    for (const [value, placeholder] of this.#chosen) filled = filled.replaceAll(placeholder, encode(value));
    return filled;
  }

  #learn({ headers, body }: NonNullable<Exchange['answer']>): void {
    for (const [name, element] of Object.entries(CHOSEN_HEADERS)) this.#choose(element, headers[name]);
    if (typeof body !== 'string') return;
    for (const [, element = '', value] of body.matchAll(CHOSEN)) this.#choose(element, value);
  }

  #choose(element: string, value: string | undefined): void {
    if (value === undefined || value === 'null' || this.#chosen.has(value)) return;
    const count = (this.#counts[element] ?? 0) + 1;
    this.#counts[element] = count;
    this.#chosen.set(value, `__${element}_${count}__`);
  }

  #hideBody(body: Body): Body {
    return typeof body === 'string' ? this.#hideText(body) : body;
  }

  #hideHeaders(headers: Readonly<Record<string, string>>, relevant: RegExp): Record<string, string> {
    return Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => relevant.test(name))
        .map(([name, value]) => [name, this.#hideText(value)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  #hideText(text: string): string {
    let hidden = text.replaceAll(this.proof, PROOF).replace(VARYING, '<$1>varies</$1>').replace(DATES, '__date__');
    if (this.account) hidden = hidden.replaceAll(this.account, ACCOUNT);
    for (const [value, placeholder] of this.#chosen) {
      hidden = hidden.replaceAll(value, placeholder).replaceAll(encodeURIComponent(value), placeholder);
    }
    return hidden;
  }
}
