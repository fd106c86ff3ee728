import { randomUUID } from 'node:crypto';
import { BroadcastChannel } from 'node:worker_threads';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import {
  type CredentialOptions,
  type Identity,
  openChannelsBy,
  shareCredentials,
} from '../lambdas/s3/credentials/credentials';

/** Environment variable of a run's threads: the channel on which they ask for credentials. Not set: each finds its own. */
export const CREDENTIALS_CHANNEL = 'BUCKETSYNC_CREDENTIALS_CHANNEL';

interface Question {
  readonly ask: string;
  readonly rejected: Identity | undefined;
}

/** Sent to all threads. An error is sent as data, because a copy of it would lose its name. */
type Answer = { readonly to: string } & (
  | { readonly identity: AwsCredentialIdentity }
  | { readonly error: { name: string; message: string } }
);

/** Gives credentials to the threads of a run. */
export class CredentialServer {
  readonly #channel: BroadcastChannel;

  constructor(
    private readonly provider: AwsCredentialIdentityProvider,
    readonly name = `bucketsync-credentials-${randomUUID()}`,
  ) {
    this.#channel = new BroadcastChannel(this.name);
    this.#channel.onmessage = ({ data }) => {
      if (isQuestion(data)) void this.#answer(data);
    };
  }

  close(): void {
    this.#channel.close();
    this.#closed = true;
  }

  #closed = false;

  async #answer({ ask: to, rejected }: Question): Promise<void> {
    const options: CredentialOptions = { rejected };
    const answer = await this.provider(options as Parameters<AwsCredentialIdentityProvider>[0]).then(
      (identity): Answer => ({ to, identity: plain(identity) }),
      ({ name, message }: Error): Answer => ({ to, error: { name, message } }),
    );
    if (!this.#closed) this.#channel.postMessage(answer);
  }
}

/** Makes the clients of this thread ask the run for credentials, if the run provides them. */
export function useCredentialsOfRun(): void {
  openChannelsBy(askFor);
  const name = process.env[CREDENTIALS_CHANNEL];
  if (name) shareCredentials(askFor(name));
}

function askFor(name: string): AwsCredentialIdentityProvider {
  const channel = new BroadcastChannel(name);
  channel.unref();
  const waiting = new Map<string, (answer: Answer) => void>();
  channel.onmessage = ({ data }) => {
    if (isQuestion(data)) return; // for another thread
    const answer = data as Answer;
    waiting.get(answer.to)?.(answer);
    waiting.delete(answer.to);
  };
  return async (options) => {
    const { rejected } = (options ?? {}) as CredentialOptions;
    const ask = randomUUID();
    const answer = await new Promise<Answer>((resolve) => {
      waiting.set(ask, resolve);
      channel.postMessage({ ask, rejected: rejected && plainIdentity(rejected) } satisfies Question);
    });
    if ('identity' in answer) return answer.identity;
    throw Object.assign(new Error(answer.error.message), { name: answer.error.name });
  };
}

function isQuestion(data: object): data is Question {
  return 'ask' in data;
}

function plainIdentity({ accessKeyId, sessionToken }: Identity): Identity {
  return { accessKeyId, sessionToken };
}

/** Only the fields that a client uses, because the SDK may add fields that cannot be copied to another thread. */
function plain(identity: AwsCredentialIdentity): AwsCredentialIdentity {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, credentialScope, accountId } = identity;
  return { accessKeyId, secretAccessKey, sessionToken, expiration, credentialScope, accountId };
}
