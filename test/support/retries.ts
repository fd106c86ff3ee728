import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { s3Client } from '../../lambdas/aws/s3-client';

/** The SDK waits a random part of a growing time before it asks again: of all parts, none. */
export function retryAtOnce(): void {
  beforeEach(() => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterEach(() => jest.restoreAllMocks());
}

/** Sets a timeout of the clients, in milliseconds, until the returned function is called. */
export function setTimeoutOfClients(name: 'requestTimeout' | 'socketTimeout', value: number): () => void {
  const { requestHandler } = s3Client('us-east-1').config;
  const handler = requestHandler as unknown as NodeHttpHandler;
  const before = handler.httpHandlerConfigs()[name];
  handler.updateHttpClientConfig(name, value);
  return () => handler.updateHttpClientConfig(name, before);
}
