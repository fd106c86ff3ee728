import { S3Client } from '@aws-sdk/client-s3';
import { HttpRequest } from '@smithy/core/protocols';
import { XMLParser } from 'fast-xml-parser';
import { UndiciHandler } from '../../lambdas/aws/undici-handler';
import { bodyBytes, toExchange } from '../../prove/exchange';
import type { Fixture, FixtureExchange } from '../../prove/fixtures';
import { Placeholders } from '../../prove/placeholders';

const PROOF = 'bucketsync-prove-replayed';
const SIGNED_BY_S3_ALONE = /^x-amz-/;

/** What an answer is held to: status, code and the rest of the document whatever the order of its elements, and headers. */
export interface Canonical {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Sends the requests of a fixture to a server, one after the other, and gives each answer beside the recorded one. */
export async function* replay(
  endpoint: string,
  { region, exchanges }: Fixture,
): AsyncGenerator<{ exchange: FixtureExchange; recorded: Canonical; answered: Canonical }> {
  const timeouts = { requestTimeout: 60_000, socketTimeout: 60_000, answerTimeout: 60_000, maxBytes: 64 * 1024 ** 2 };
  const handler = new UndiciHandler(timeouts);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new S3Client({ endpoint, region, credentials });
  const placeholders = new Placeholders(PROOF);
  try {
    for (const exchange of exchanges) {
      if (!exchange.answer) continue;
      const request = await sign(toRequest(exchange, endpoint, placeholders), client);
      const { response } = await handler.handle(request, { collect: true });
      const { answer } = placeholders.hide(toExchange(request, response));
      if (!answer) throw new Error('Expected an answer');
      yield { exchange, recorded: canonical(exchange.answer), answered: canonical(answer) };
    }
  } finally {
    handler.destroy();
    client.destroy();
  }
}

function toRequest({ request }: FixtureExchange, endpoint: string, placeholders: Placeholders): HttpRequest {
  const { protocol, hostname, port, host } = new URL(endpoint);
  const [path = '', query = ''] = placeholders.fill(request.path, encodeURIComponent).split('?');
  const { body } = request;
  const bytes = bodyBytes(typeof body === 'string' ? placeholders.fill(body) : body);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, placeholders.fill(value)]);
  return new HttpRequest({
    method: request.method,
    protocol,
    hostname,
    port: Number(port),
    path,
    query: Object.fromEntries(new URLSearchParams(query)),
    headers: { ...Object.fromEntries(headers), host, 'content-length': String(bytes.length) },
    body: bytes.length > 0 ? bytes : undefined,
  });
}

/** As the mirror does: what need not be signed is not, since it may hold bytes that are no ASCII. */
async function sign(request: HttpRequest, client: S3Client): Promise<HttpRequest> {
  const region = await client.config.region();
  const scheme = { name: 'sigv4', signingName: 's3', signingRegion: region, properties: {} };
  const signer = await client.config.signer(scheme);
  const names = Object.keys(request.headers).filter((name) => name !== 'host' && !SIGNED_BY_S3_ALONE.test(name));
  return (await signer.sign(request, {
    signingRegion: region,
    signingService: 's3',
    unsignableHeaders: new Set(names),
  })) as HttpRequest;
}

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: false });

function canonical({ status, headers, body }: NonNullable<FixtureExchange['answer']>): Canonical {
  const isXml = typeof body === 'string' && /^\s*</.test(body);
  return { status, headers, body: isXml ? withoutBlanks(parser.parse(body)) : body };
}

/** Of the elements that hold others; the declaration of the document, too. */
function withoutBlanks(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutBlanks);
  if (typeof node !== 'object' || node === null) return node;
  const children = Object.entries(node).filter(([name]) => name !== '?xml' && name !== '#text');
  return Object.fromEntries(children.map(([name, child]) => [name, withoutBlanks(child)]));
}
