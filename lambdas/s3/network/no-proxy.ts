import { BlockList, isIP } from 'node:net';

const PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * Whether a list such as NO_PROXY excludes the host of an origin. An entry is a name (also for its subdomains), an IP address, a range
 * of addresses like `10.0.0.0/8`, or `*`. With a port it holds for that port only.
 */
export function isExcluded(origin: string, list: string): boolean {
  const { protocol, hostname, port } = new URL(origin);
  const host = plain(hostname);
  const ownPort = port || PORTS[protocol];
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      const { name, only } = readEntry(entry.toLowerCase().replace(/^https?:\/\//, ''));
      return (only === undefined || only === ownPort) && covers(name, host);
    });
}

function readEntry(entry: string): { readonly name: string; readonly only: string | undefined } {
  if (isIP(entry) === 6) return { name: entry, only: undefined };
  const [, name = entry, only] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  return { name: plain(name), only };
}

/** Without brackets of an IPv6 address, and without the dot at the end of a full name. */
function plain(host: string): string {
  return host.replace(/^\[(.*?)\](?=$|\/)/, '$1').replace(/\.$/, '');
}

function covers(entry: string, host: string): boolean {
  if (entry === '*') return true;
  const family = isIP(host);
  if (family !== 0) return holds(entry, host, family === 6 ? 'ipv6' : 'ipv4');
  const name = entry.replace(/^\*?\./, '');
  return name !== '' && (host === name || host.endsWith(`.${name}`));
}

function holds(entry: string, address: string, family: 'ipv4' | 'ipv6'): boolean {
  const [first = '', bits] = entry.split('/');
  const most = family === 'ipv6' ? 128 : 32;
  const prefix = bits === undefined ? most : /^\d+$/.test(bits) ? Number(bits) : -1;
  if (isIP(first) !== isIP(address) || prefix < 0 || prefix > most) return false;
  const range = new BlockList();
  range.addSubnet(first, prefix, family);
  return range.check(address, family);
}
