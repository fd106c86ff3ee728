import { readFileSync } from 'node:fs';
import type { Dispatcher } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js'; // half the code and start time of the whole undici
import { type NamedProxy, proxyFor } from './proxy';

/** Time for all addresses of an endpoint, and for one. Node.js gives each 250 ms, which is too short for a distant server. */
const CONNECT = { timeout: 5_000, autoSelectFamilyAttemptTimeout: 2_500 };

/** How requests reach an origin. */
export interface Way {
  readonly dispatcher: Dispatcher;
  /** The proxy for the origin's protocol. NO_PROXY may exclude its host. */
  readonly proxy: NamedProxy | undefined;
}

/**
 * Opens the way to an origin: directly, or through the environment's proxy.
 *
 * @throws Error  AWS_CA_BUNDLE cannot be read
 */
export async function openWay(origin: string, env: NodeJS.ProcessEnv = process.env): Promise<Way> {
  const connect = { ...CONNECT, ...readTrusted(env) };
  const proxy = proxyFor(new URL(origin).protocol, env);
  // undici's `Agent` closes a pool when its last connection closes, and then also each later pool
  if (!proxy) return { dispatcher: new Pool(origin, { connect }), proxy };
  const [{ default: EnvHttpProxyAgent }, { default: connectBy }] = await Promise.all([
    import('undici/lib/dispatcher/env-http-proxy-agent.js'),
    import('undici/lib/api/api-connect.js'),
  ]);
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: proxy.url,
    httpsProxy: proxy.url,
    noProxy: env.no_proxy ?? env.NO_PROXY ?? '',
    proxyTunnel: false, // only for TLS
    connect,
    proxyTls: connect,
    requestTls: connect,
    factory: keptPool,
    // only the whole undici gives its pools this method
    clientFactory: (url, options) => Object.assign(new Pool(url, options), { connect: connectBy }),
  });
  return { dispatcher, proxy };
}

/** The pool of an `Agent`. It does not notice when its connections close. */
function keptPool(origin: string | URL, options: object): Dispatcher {
  const pool = new Pool(origin, options);
  return Object.assign(pool, { on: () => pool });
}

/** As in the AWS CLI, named authorities are the only trusted ones. */
function readTrusted({ AWS_CA_BUNDLE: file }: NodeJS.ProcessEnv): { readonly ca?: string } {
  return file ? { ca: readFileSync(file, 'utf8') } : {};
}
