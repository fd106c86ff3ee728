import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { namedProxies } from '../../local/network';
import { InvalidInputError } from '../../statemachine/errors';
import type { AwsConfig } from './aws-config';
import { profileName } from './profile';

/**
 * Checks the environment's proxies and the certificates of AWS_CA_BUNDLE, or else of the profile's `ca_bundle`, before anything
 * else uses them.
 *
 * @param env  is changed
 * @throws InvalidInputError
 */
export function useNetwork(env: NodeJS.ProcessEnv, config: AwsConfig): void {
  for (const { variable, url } of namedProxies(env)) checkProxy(variable, url);
  if (env.AWS_CA_BUNDLE) env.AWS_CA_BUNDLE = checkCertificates(env.AWS_CA_BUNDLE, 'AWS_CA_BUNDLE');
  const file = env.AWS_CA_BUNDLE || bundleOfProfile(profileName(env), config);
  if (file) env.AWS_CA_BUNDLE = file;
}

/** @throws InvalidInputError */
export function bundleOfProfile(profile: string, { profiles }: Pick<AwsConfig, 'profiles'>): string | undefined {
  const file = profiles.get(profile)?.ca_bundle;
  return file ? checkCertificates(file, `ca_bundle of the profile "${profile}"`) : undefined;
}

/** The message leaves out the value, because it may contain a password. */
function checkProxy(variable: string, url: string): void {
  const { protocol = '', hostname } = URL.parse(url) ?? {};
  if (/^(https?|socks5?):$/.test(protocol) && hostname) return;
  throw new InvalidInputError(
    `Expected ${variable} to be the URL of a proxy like http://proxy.example:3128, got something else`,
  );
}

const BEGIN = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/g;
const CERTIFICATE = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[^-]*-----END \1-----/g;

/**
 * Checks every certificate: TLS would ignore what it cannot read, and then not trust a server, without saying why.
 *
 * @returns the file, with the home directory for `~`
 */
function checkCertificates(name: string, of: string): string {
  const file = name.replace(/^~(?=\/)/, homedir());
  const text = read(file, of);
  const whole = text.match(CERTIFICATE) ?? [];
  const expected = `Expected ${of} to name a file of certificates (PEM, -----BEGIN CERTIFICATE-----), got ${file}`;
  if (whole.length < (text.match(BEGIN)?.length ?? 1))
    throw new InvalidInputError(`${expected}: ${whole.length === 0 ? 'it has none' : 'one of them is cut off'}`);
  for (const [index, certificate] of whole.entries()) {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      throw new InvalidInputError(
        `${expected}: its certificate ${index + 1} is damaged (${(cause as Error).message})`,
        { cause },
      );
    }
  }
  return file;
}

function read(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new InvalidInputError(`Could not read the certificates of ${name}: ${(cause as Error).message}`, { cause });
  }
}
