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

let askOnChannel: ((channel: string) => AwsCredentialIdentityProvider) | undefined;

/** How this thread asks the run for the credentials of one side. */
export function openChannelsBy(ask: (channel: string) => AwsCredentialIdentityProvider): void {
  askOnChannel = ask;
}

/** @throws Error  this thread is none of a local run's */
export function channelCredentials(channel: string): AwsCredentialIdentityProvider {
  if (askOnChannel) return askOnChannel(channel);
  throw new Error(`Expected a run that hands out credentials on the channel ${channel}`);
}

/** For the configuration of a client: nothing where it is to find its own, as in Lambda. */
export function sharedCredentials(): { readonly credentials?: AwsCredentialIdentityProvider } {
  return shared ? { credentials: shared } : {};
}

export function isSameIdentity(one: Identity, other: Identity): boolean {
  return one.accessKeyId === other.accessKeyId && one.sessionToken === other.sessionToken;
}
