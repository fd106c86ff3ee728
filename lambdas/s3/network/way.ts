import { readFileSync } from 'node:fs';
import type { Dispatcher } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js'; // half the code and start of all of undici
import { type NamedProxy, proxyFor } from './proxy';

/** All of an endpoint's addresses together, and one of them: Node.js gives each 250 ms, less than an answer takes from far away. */
const CONNECT = { timeout: 5_000, autoSelectFamilyAttemptTimeout: 2_500 };

/** How the requests to one origin get there. */
export interface Way {
  readonly dispatcher: Dispatcher;
  /** That is named for the origin's protocol; NO_PROXY may make an exception of its host. */
  readonly proxy: NamedProxy | undefined;
}

/**
 * Opens the way to an origin: directly, or through the proxy that the environment names.
 *
 * @throws Error  AWS_CA_BUNDLE cannot be read
 */
export async function openWay(origin: string, env: NodeJS.ProcessEnv = process.env): Promise<Way> {
  const connect = { ...CONNECT, ...readTrusted(env) };
  const proxy = proxyFor(new URL(origin).protocol, env);
  // undici's `Agent` closes a pool whose last connection was closed, and then each of its successors, too.
  if (!proxy) return { dispatcher: new Pool(origin, { connect }), proxy };
  const [{ default: EnvHttpProxyAgent }, { default: connectBy }] = await Promise.all([
    import('undici/lib/dispatcher/env-http-proxy-agent.js'),
    import('undici/lib/api/api-connect.js'),
  ]);
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: proxy.url,
    httpsProxy: proxy.url,
    noProxy: env.no_proxy ?? env.NO_PROXY ?? '',
    proxyTunnel: false, // for TLS alone
    connect,
    proxyTls: connect,
    requestTls: connect,
    factory: keptPool,
    // Only all of undici together gives its pools this method.
    clientFactory: (url, options) => Object.assign(new Pool(url, options), { connect: connectBy }),
  });
  return { dispatcher, proxy };
}

/** The pool of an `Agent` that does not hear when its connections are closed. */
function keptPool(origin: string | URL, options: object): Dispatcher {
  const pool = new Pool(origin, options);
  return Object.assign(pool, { on: () => pool });
}

/** As for the AWS CLI, whoever names authorities trusts no others. */
function readTrusted({ AWS_CA_BUNDLE: file }: NodeJS.ProcessEnv): { readonly ca?: string } {
  return file ? { ca: readFileSync(file, 'utf8') } : {};
}
