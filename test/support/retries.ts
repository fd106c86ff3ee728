import { s3Client } from '../../lambdas/s3/client/s3-client';
import type { Timeouts, UndiciHandler } from '../../lambdas/s3/network/undici-handler';

/** The SDK waits a random part of a growing time before it asks again: of all parts, none. */
export function retryAtOnce(): void {
  beforeEach(() => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterEach(() => jest.restoreAllMocks());
}

/** Sets a timeout of the clients, in milliseconds, until the returned function is called. */
export function setTimeoutOfClients(name: keyof Timeouts, value: number): () => void {
  const { requestHandler } = s3Client('us-east-1').config;
  const handler = requestHandler as unknown as UndiciHandler;
  const before = handler.httpHandlerConfigs()[name];
  handler.updateHttpClientConfig(name, value);
  return () => handler.updateHttpClientConfig(name, before);
}
