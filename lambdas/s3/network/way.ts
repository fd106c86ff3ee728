import { readFileSync } from 'node:fs';
import type { Dispatcher } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js'; // half the code and start time of the whole undici
import { isExcluded } from './no-proxy';
import { type NamedProxy, proxyFor } from './proxy';

/** Time for all addresses of an endpoint, and for one. Node.js gives each 250 ms, which is too short for a distant server. */
const CONNECT = { timeout: 5_000, autoSelectFamilyAttemptTimeout: 2_500 };

/** A connection for each request, as for S3 itself. Over HTTP/2, all requests would share one. */
const PROTOCOL = { allowH2: false };

/** How requests reach an origin. */
export interface Way {
  readonly dispatcher: Dispatcher;
  /** The proxy for the origin's protocol, unless NO_PROXY excludes its host. */
  readonly proxy: NamedProxy | undefined;
  /** The file with the only authorities that are trusted. */
  readonly trusted: string | undefined;
}

/**
 * Opens the way to an origin: directly, or through the environment's proxy.
 *
 * @param caBundle  instead of AWS_CA_BUNDLE
 * @throws Error  the file of certificates cannot be read
 */
export async function openWay(origin: string, caBundle?: string, env: NodeJS.ProcessEnv = process.env): Promise<Way> {
  const trusted = (caBundle ?? env.AWS_CA_BUNDLE) || undefined;
  // as in the AWS CLI, named authorities are the only trusted ones
  const connect = { ...CONNECT, ...PROTOCOL, ...(trusted !== undefined && { ca: readFileSync(trusted, 'utf8') }) };
  const isDirect = isExcluded(origin, env.no_proxy ?? env.NO_PROXY ?? '');
  const proxy = isDirect ? undefined : proxyFor(new URL(origin).protocol, env);
  // undici's `Agent` closes a pool when its last connection closes, and then also each later pool
  if (!proxy) return { dispatcher: new Pool(origin, { connect, ...PROTOCOL }), proxy, trusted };
  const [{ default: EnvHttpProxyAgent }, { default: connectBy }] = await Promise.all([
    import('undici/lib/dispatcher/env-http-proxy-agent.js'),
    import('undici/lib/api/api-connect.js'),
  ]);
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: proxy.url,
    httpsProxy: proxy.url,
    noProxy: '',
    ...PROTOCOL,
    proxyTunnel: false, // only for TLS
    connect,
    proxyTls: connect,
    requestTls: connect,
    factory: keptPool,
    // only the whole undici gives its pools this method
    clientFactory: (url, options) => Object.assign(new Pool(url, options), { connect: connectBy }),
  });
  return { dispatcher, proxy, trusted };
}

/** The pool of an `Agent`. It does not notice when its connections close. */
function keptPool(origin: string | URL, options: object): Dispatcher {
  const pool = new Pool(origin, options);
  return Object.assign(pool, { on: () => pool });
}
