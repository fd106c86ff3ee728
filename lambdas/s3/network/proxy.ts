/** A proxy, and the variable that names it. */
export interface NamedProxy {
  readonly variable: string;
  readonly url: string;
}

const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  'http:': ['http_proxy', 'HTTP_PROXY'],
  'https:': ['https_proxy', 'HTTPS_PROXY'],
};

/**
 * The proxy for a protocol. As in curl and the AWS CLI, a lower case name wins even if it is empty, and `http://` is optional.
 *
 * @returns undefined if none is named
 */
export function proxyFor(protocol: string, env: NodeJS.ProcessEnv): NamedProxy | undefined {
  const variable = VARIABLES[protocol]?.find((name) => env[name] !== undefined);
  const text = variable && env[variable]?.trim();
  if (!variable || !text) return undefined;
  return { variable, url: text.includes('://') ? text : `http://${text}` };
}

/** Both possible proxies. */
export function namedProxies(env: NodeJS.ProcessEnv): NamedProxy[] {
  return Object.keys(VARIABLES).flatMap((protocol) => proxyFor(protocol, env) ?? []);
}

/** The proxy without its user and password. */
export function describeProxy({ variable, url }: NamedProxy): string {
  const { protocol, host } = URL.parse(url) ?? {};
  return `${protocol}//${host} (${variable})`;
}
