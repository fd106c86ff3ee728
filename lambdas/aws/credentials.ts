import type { AwsCredentialIdentityProvider } from '@smithy/types';

let shared: AwsCredentialIdentityProvider | undefined;

/** Lets all clients that this thread makes from now on have the same credentials, instead of each finding its own. */
export function shareCredentials(provider: AwsCredentialIdentityProvider | undefined): void {
  shared = provider;
}

/** For the configuration of a client: nothing where it is to find its own, as in Lambda. */
export function sharedCredentials(): { readonly credentials?: AwsCredentialIdentityProvider } {
  return shared ? { credentials: shared } : {};
}
