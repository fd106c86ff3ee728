import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';

/** What credentials are told apart by. */
export type Identity = Pick<AwsCredentialIdentity, 'accessKeyId' | 'sessionToken'>;

/** What a provider of ours is asked with, beside what the SDK adds. */
export interface CredentialOptions {
  /** S3 no longer takes these: others are wanted, if there are any. */
  readonly rejected?: Identity;
}

let shared: AwsCredentialIdentityProvider | undefined;

/** Lets all clients that this thread makes from now on have the same credentials, instead of each finding its own. */
export function shareCredentials(provider: AwsCredentialIdentityProvider | undefined): void {
  shared = provider;
}

/** For the configuration of a client: nothing where it is to find its own, as in Lambda. */
export function sharedCredentials(): { readonly credentials?: AwsCredentialIdentityProvider } {
  return shared ? { credentials: shared } : {};
}

export function isSameIdentity(one: Identity, other: Identity): boolean {
  return one.accessKeyId === other.accessKeyId && one.sessionToken === other.sessionToken;
}
