import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';

/** The field that identifies credentials. */
export type Identity = Pick<AwsCredentialIdentity, 'accessKeyId' | 'sessionToken'>;

/** Options of our credential providers, in addition to the SDK's. */
export interface CredentialOptions {
  /** S3 no longer accepts these credentials: newer ones are required, if there are any. */
  readonly rejected?: Identity;
}

let shared: AwsCredentialIdentityProvider | undefined;

/** Gives all new clients of this thread the same credentials, instead of each finding its own. */
export function shareCredentials(provider: AwsCredentialIdentityProvider | undefined): void {
  shared = provider;
}

let askOnChannel: ((channel: string) => AwsCredentialIdentityProvider) | undefined;

/** The provider through which this thread gets the credentials of one side from the run. */
export function openChannelsBy(ask: (channel: string) => AwsCredentialIdentityProvider): void {
  askOnChannel = ask;
}

/** @throws Error  this thread does not belong to a local run */
export function channelCredentials(channel: string): AwsCredentialIdentityProvider {
  if (askOnChannel) return askOnChannel(channel);
  throw new Error(`Expected a run that hands out credentials on the channel ${channel}`);
}

/** For the configuration of a client. Empty if the client finds its own credentials, as in Lambda. */
export function sharedCredentials(): { readonly credentials?: AwsCredentialIdentityProvider } {
  return shared ? { credentials: shared } : {};
}

export function isSameIdentity(one: Identity, other: Identity): boolean {
  return one.accessKeyId === other.accessKeyId && one.sessionToken === other.sessionToken;
}
