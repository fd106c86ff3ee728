import { HttpRequest } from '@smithy/core/protocols';
import { XMLParser } from 'fast-xml-parser';
import { ByteSigner } from '../../../lambdas/s3/client/byte-signer';
import { Sha256 } from '../../../lambdas/s3/client/sha256';
import { UndiciHandler } from '../../../lambdas/s3/network/undici-handler';
import { TEST_CREDENTIALS } from '../../../local/s3';
import { bodyBytes, toExchange } from '../../../prove/exchange';
import type { Fixture, FixtureExchange } from '../../../prove/fixtures';
import { Placeholders } from '../../../prove/placeholders';

const PROOF = 'bucketsync-prove-replayed';

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
  const signer = new ByteSigner({
    credentials: TEST_CREDENTIALS,
    region,
    service: 's3',
    sha256: Sha256,
    uriEscapePath: false,
  });
  const placeholders = new Placeholders(PROOF);
  try {
    for (const exchange of exchanges) {
      if (!exchange.answer) continue;
      const toSign = toRequest(exchange, endpoint, placeholders);
      const options = { unsignableHeaders: mayBeUnsigned(toSign) };
      const request = (await signer.sign(toSign, options)) as HttpRequest;
      const { response } = await handler.handle(request, { collect: true });
      const { answer } = placeholders.hide(toExchange(request, response));
      if (!answer) throw new Error('Expected an answer');
      yield { exchange, recorded: canonical(exchange.answer), answered: canonical(answer) };
    }
  } finally {
    handler.destroy();
  }
}

/** What need not be signed is not, since nobody knows which of it the handler sends. */
function mayBeUnsigned({ headers }: HttpRequest): Set<string> {
  return new Set(Object.keys(headers).filter((name) => name !== 'host' && !name.startsWith('x-amz-')));
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
