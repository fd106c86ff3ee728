import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { ENVIRONMENT } from '../../../statemachine/contract';
import { regionOfArn } from '../../../statemachine/partition';
import { requestHandler } from '../network/request-handler';

/** A secret is read again after this time, so changes take effect. */
const SECRET_HOLDS_MS = 300_000;
/** The default maximum of a role. The SDK renews the session before it ends. */
const SESSION_SECONDS = 3600;

const FORM = '{ "accessKeyId": "…", "secretAccessKey": "…" }, with or without "sessionToken"';

/**
 * Credentials from Secrets Manager.
 *
 * @throws Error  `CredentialsProviderError` from the provider. It names the secret, but not its content
 */
export function secretCredentials(arn: string): AwsCredentialIdentityProvider {
  return async () => {
    try {
      // imported here, because only some runs use it
      const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
      const client = new SecretsManagerClient({
        region: regionOfArn(arn) ?? process.env.AWS_REGION,
        requestHandler: requestHandler(),
      });
      const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
      return { ...readSecret(SecretString), expiration: new Date(Date.now() + SECRET_HOLDS_MS) };
    } catch (cause) {
      throw unavailable(`the secret ${arn}`, cause);
    }
  };
}

/** Credentials of a role. The function's own role must be allowed to assume it. */
export function roleCredentials(arn: string): AwsCredentialIdentityProvider {
  let provider: AwsCredentialIdentityProvider | undefined;
  return async () => {
    try {
      const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
      provider ??= fromTemporaryCredentials({
        params: { RoleArn: arn, RoleSessionName: 'bucketsync', DurationSeconds: SESSION_SECONDS },
        clientConfig: { region: process.env.AWS_REGION, requestHandler: requestHandler() },
      });
      return await provider();
    } catch (cause) {
      throw unavailable(`the role ${arn}`, cause);
    }
  };
}

function readSecret(text: string): AwsCredentialIdentity {
  const { accessKeyId, secretAccessKey, sessionToken } = parseSecret(text);
  if (typeof accessKeyId === 'string' && typeof secretAccessKey === 'string' && accessKeyId && secretAccessKey) {
    return { accessKeyId, secretAccessKey, ...(typeof sessionToken === 'string' && sessionToken && { sessionToken }) };
  }
  throw new Error(`Expected it to hold the JSON object ${FORM}`);
}

/** The content must not get into a message, not even through the parser's. */
function parseSecret(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function unavailable(what: string, cause: unknown): Error {
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
  const error = new Error(`Could not get credentials from ${what} (${ENVIRONMENT.sides}): ${name}: ${message}`, {
    cause,
  });
  return Object.assign(error, { name: 'CredentialsProviderError' });
}
