import { randomUUID } from 'node:crypto';
import { BroadcastChannel } from 'node:worker_threads';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { shareCredentials } from '../lambdas/aws/credentials';

/** Environment variable of the threads of a run: the channel on which they ask for credentials. Not set: each finds its own. */
export const CREDENTIALS_CHANNEL = 'BUCKETSYNC_CREDENTIALS_CHANNEL';

const ASK = 'ask';

/** To all threads at once. An error crosses threads as data: a copy of it would lose its name. */
type Answer = { readonly identity: AwsCredentialIdentity } | { readonly error: { name: string; message: string } };

/** Hands credentials out to the threads of a run. */
export class CredentialServer {
  readonly name = `bucketsync-credentials-${randomUUID()}`;
  readonly #channel = new BroadcastChannel(this.name);

  constructor(private readonly provider: AwsCredentialIdentityProvider) {
    this.#channel.onmessage = ({ data }) => {
      if (data === ASK) void this.#answer();
    };
  }

  close(): void {
    this.#channel.close();
    this.#closed = true;
  }

  #closed = false;

  async #answer(): Promise<void> {
    const answer = await this.provider().then(
      (identity): Answer => ({ identity: plain(identity) }),
      ({ name, message }: Error): Answer => ({ error: { name, message } }),
    );
    if (!this.#closed) this.#channel.postMessage(answer);
  }
}

/** Makes the clients of this thread ask the run for credentials, if it hands them out. */
export function useCredentialsOfRun(): void {
  const name = process.env[CREDENTIALS_CHANNEL];
  if (name) shareCredentials(askFor(name));
}

function askFor(name: string): AwsCredentialIdentityProvider {
  const channel = new BroadcastChannel(name);
  channel.unref();
  let waiting: ((answer: Answer) => void)[] = [];
  channel.onmessage = ({ data }) => {
    if (data === ASK) return; // of another thread
    const answered = waiting;
    waiting = [];
    for (const take of answered) take(data as Answer);
  };
  return async () => {
    const answer = await new Promise<Answer>((resolve) => {
      waiting.push(resolve);
      channel.postMessage(ASK);
    });
    if ('identity' in answer) return answer.identity;
    throw Object.assign(new Error(answer.error.message), { name: answer.error.name });
  };
}

/** What a client uses: the SDK may add what cannot be copied to another thread. */
function plain(identity: AwsCredentialIdentity): AwsCredentialIdentity {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, credentialScope, accountId } = identity;
  return { accessKeyId, secretAccessKey, sessionToken, expiration, credentialScope, accountId };
}
