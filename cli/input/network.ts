import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
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
  const profile = profileName(env);
  const ofProfile = config.profiles.get(profile)?.ca_bundle;
  if (env.AWS_CA_BUNDLE) checkCertificates(env.AWS_CA_BUNDLE, 'AWS_CA_BUNDLE');
  else if (ofProfile) env.AWS_CA_BUNDLE = checkCertificates(ofProfile, `ca_bundle of the profile "${profile}"`);
}

/** The message leaves out the value, because it may contain a password. */
function checkProxy(variable: string, url: string): void {
  const { protocol = '', hostname } = URL.parse(url) ?? {};
  if (/^(https?|socks5?):$/.test(protocol) && hostname) return;
  throw new InvalidInputError(
    `Expected ${variable} to be the URL of a proxy like http://proxy.example:3128, got something else`,
  );
}

function checkCertificates(file: string, name: string): string {
  const text = read(file, name);
  try {
    new X509Certificate(text);
    return file;
  } catch (cause) {
    throw new InvalidInputError(
      `Expected ${name} to name a file of certificates (PEM, -----BEGIN CERTIFICATE-----), got ${file}: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function read(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new InvalidInputError(`Could not read the certificates of ${name}: ${(cause as Error).message}`, { cause });
  }
}
