import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { hostHeaderMiddleware, recursionDetectionMiddleware, userAgentMiddleware } from '@aws-sdk/core/client';
import { getEndpointFromInstructions, toEndpointV1 } from '@smithy/core/endpoints';
import { HttpRequest } from '@smithy/core/protocols';
import { retryMiddleware } from '@smithy/core/retry';
import { operation } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';
import { LONG_OPERATION, protocolOf, type ReadBody, type Response, readAnswer } from './read-answer';
import { RequestSigner } from './request-signer';
import { LONG_REQUEST } from './s3-client';

type Config = S3Client['config'];

/** A command of the SDK, as far as it is looked at. */
export interface SdkCommand {
  readonly input: object;
  readonly schema?: unknown;
}

/** What passes through the SDK's middlewares on the way out, and on the way back. */
interface Outgoing {
  readonly input: object;
  readonly request: HttpRequest;
  readonly schema: ReturnType<typeof operation>;
  readonly read: ReadBody | undefined;
}
interface Incoming {
  readonly response: Response;
  readonly output: object;
}
type Handler = (outgoing: Outgoing) => Promise<Incoming>;
type Middleware = (next: Handler, context: object) => Handler;

/** The way to a bucket in a region. What serializes, retries, signs, sends and reads is the SDK's own. */
export class Route {
  readonly #handle: Handler;
  /** What the SDK serializes with. */
  readonly #context: object;

  private constructor(
    private readonly config: Config,
    readonly region: string,
    endpoint: ReturnType<typeof toEndpointV1>,
    /** Those that all requests have. */
    private readonly headers: Readonly<Record<string, string>>,
    private readonly signer: RequestSigner,
  ) {
    this.#context = { ...config, endpoint: async () => endpoint };
    const retry = (retryMiddleware(config) as unknown as Middleware)((outgoing) => this.#attempt(outgoing), {});
    this.#handle = (recursionDetectionMiddleware() as unknown as Middleware)(retry, {});
  }

  /** @throws Error  the SDK has no endpoint for the bucket, or one that takes another kind of signature */
  static async open(config: Config, bucket: string, region: string): Promise<Route> {
    const endpoint = await getEndpointFromInstructions({ Bucket: bucket }, HeadBucketCommand as object, {
      ...config,
      region: async () => region,
    });
    const destination = toEndpointV1(endpoint);
    const signer = await RequestSigner.create(config, endpoint);
    return new Route(config, region, destination, await commonHeaders(config, destination), signer);
  }

  async send(command: SdkCommand, read: ReadBody | undefined): Promise<object> {
    const [, namespace, name, traits, input, output] = command.schema as StaticOperationSchema;
    const schema = operation(namespace, name, traits, input, output);
    const request = await protocolOf(this.config).serializeRequest(schema, command.input, this.#context);
    Object.assign(request.headers, this.headers);
    return (await this.#handle({ input: command.input, request, schema, read })).output;
  }

  async #attempt({ request, schema, read }: Outgoing): Promise<Incoming> {
    return this.signer.signed(request, async (signed) => {
      const options = schema.name === LONG_OPERATION ? LONG_REQUEST : {};
      const { response } = (await this.config.requestHandler.handle(signed, options)) as { response: Response };
      return { response, output: await readAnswer(response, schema, this.config, read) };
    });
  }
}

/** Where a request goes to, and what sends it. */
async function commonHeaders(
  config: Config,
  { hostname, port }: { readonly hostname: string; readonly port?: number },
): Promise<Record<string, string>> {
  const request = new HttpRequest({ hostname, port });
  const done = async () => ({ response: undefined, output: { $metadata: {} } });
  await userAgentMiddleware(config)(done, {})({ input: {}, request });
  await hostHeaderMiddleware(config)(done, {})({ input: {}, request });
  return request.headers;
}
