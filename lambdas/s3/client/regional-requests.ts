import { randomUUID } from 'node:crypto';
import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { hostHeaderMiddleware, recursionDetectionMiddleware, userAgentMiddleware } from '@aws-sdk/core/client';
import { getEndpointFromInstructions, toEndpointV1 } from '@smithy/core/endpoints';
import { HttpBindingProtocol, HttpRequest } from '@smithy/core/protocols';
import { retryMiddleware } from '@smithy/core/retry';
import { operation } from '@smithy/core/schema';
import type { MetadataBearer, StaticOperationSchema } from '@smithy/types';
import type { WriteGate } from '../../engine/ports/request-observer';
import { KeptBackError } from '../errors/kept-back-error';
import { type BodyProof, describeBody, hasBody } from './describe-body';
import { isLongOperation, isStream, type ReadBody, type Response, readAnswer, readStreamedAnswer } from './read-answer';
import { type Refusal, RequestSigner } from './request-signer';
import { LONG_REQUEST, SHORT_REQUEST } from './s3-client';
import { apart, limitsOfRequest } from './s3-requests';

type Config = S3Client['config'];
export type Headers = Readonly<Record<string, string>>;

export interface RequestOptions {
  /** Headers of this request that the SDK cannot serialize. */
  readonly headers?: Headers;
  /** The gate that each attempt passes. */
  readonly gate?: WriteGate | undefined;
  readonly body?: BodyProof | undefined;
  /** Set if the body of the answer or of the request is a stream. */
  readonly stream?: StreamLimits;
}

export interface StreamLimits {
  readonly answerTimeout: number;
  /** Aborted if the rest is no longer wanted. */
  readonly signal?: AbortSignal;
}

/** The used part of an SDK command. */
export interface SdkCommand {
  readonly input: object;
  readonly schema?: unknown;
}

/** Arguments and results of the SDK's middlewares. */
interface Outgoing {
  readonly input: object;
  readonly request: HttpRequest;
  readonly schema: ReturnType<typeof operation>;
  readonly read: ReadBody | undefined;
  readonly gate: WriteGate | undefined;
  readonly stream: StreamLimits | undefined;
}
interface Incoming {
  readonly response: Response;
  readonly output: MetadataBearer;
}
type Handler = (outgoing: Outgoing) => Promise<Incoming>;
type Middleware = (next: Handler, context: object) => Handler;

/** Requests to a bucket in one region. The SDK's own parts serialize, retry, sign, send and read. */
export class RegionalRequests {
  readonly #handle: Handler;
  /** Context of the SDK's serializers. */
  readonly #context: object;

  private constructor(
    private readonly config: Config,
    readonly region: string,
    endpoint: ReturnType<typeof toEndpointV1>,
    /** Headers of all requests. */
    private readonly headers: Headers,
    private readonly signer: RequestSigner,
  ) {
    this.#context = { ...config, endpoint: async () => endpoint };
    const send: Handler = (outgoing) => this.#sendWithRetries(outgoing);
    // it reads the environment for each request, and only functions can call each other in a circle
    const isFunction = process.env.AWS_LAMBDA_FUNCTION_NAME !== undefined;
    this.#handle = isFunction ? (recursionDetectionMiddleware() as unknown as Middleware)(send, {}) : send;
  }

  /** @throws Error  the SDK has no endpoint for the bucket, or one that requires another kind of signature */
  static async open(config: Config, bucket: string, region: string): Promise<RegionalRequests> {
    const endpoint = await getEndpointFromInstructions({ Bucket: bucket }, HeadBucketCommand as object, {
      ...config,
      region: async () => region,
    });
    const destination = toEndpointV1(endpoint);
    const signer = await RequestSigner.create(config, endpoint);
    return new RegionalRequests(config, region, destination, await commonHeaders(config, destination), signer);
  }

  /** @throws KeptBackError  the gate stopped the request */
  async send(
    command: SdkCommand,
    read: ReadBody | undefined,
    { headers = {}, gate, body, stream }: RequestOptions = {},
  ): Promise<MetadataBearer> {
    const schema = operationOf(command);
    const request = await this.#serialize(schema, command.input);
    Object.assign(request.headers, this.headers, headers);
    if (hasBody(schema)) await describeBody(request, schema, command.input, this.config, body);
    return (await this.#handle({ input: command.input, request, schema, read, gate, stream })).output;
  }

  /** Without S3's own middlewares if there is no body. They search all members for information that only a body requires. */
  #serialize(schema: ReturnType<typeof operation>, input: object): Promise<HttpRequest> {
    const protocol = this.config.protocol as unknown as HttpBindingProtocol;
    const { serializeRequest } = hasBody(schema) ? protocol : HttpBindingProtocol.prototype;
    return serializeRequest.call(protocol as never, schema as never, input, this.#context as never) as never;
  }

  /** The SDK's retry code takes more time than the signature, so it runs only after a failure, which counts as its attempt 1. */
  async #sendWithRetries(outgoing: Outgoing): Promise<Incoming> {
    const { headers } = outgoing.request;
    const invocation = randomUUID();
    headers['amz-sdk-invocation-id'] = invocation;
    headers['amz-sdk-request'] = `attempt=1; max=${await this.config.maxAttempts()}`;
    let first: Promise<Incoming> | undefined = this.#attempt(outgoing);
    try {
      const answer = await first;
      Object.assign(answer.output.$metadata, { attempts: 1 });
      return answer;
    } catch {
      const retry = retryMiddleware(this.config) as unknown as Middleware;
      return retry(() => {
        headers['amz-sdk-invocation-id'] = invocation; // the retries have sent another request
        const attempt = first ?? this.#attempt(outgoing);
        first = undefined;
        return attempt;
      }, {})(outgoing);
    }
  }

  async #attempt({ request, schema, read, gate, stream }: Outgoing): Promise<Incoming> {
    const signed = await this.signer.sign(request);
    const limits = isLongOperation(schema.name) ? LONG_REQUEST : limitsOfRequest(SHORT_REQUEST);
    const options = stream
      ? { ...LONG_REQUEST, ...stream, collect: true, stream: schema.name === 'GetObject' ? 'answer' : 'request' }
      : { collect: true, ...limits };
    try {
      const response = await this.#dispatch(signed.request, options, gate);
      const output = isStream(response.body)
        ? await readStreamedAnswer(response, schema, this.config)
        : await readAnswer(response, schema, this.config, read);
      this.signer.confirm(response, signed);
      return { response, output };
    } catch (error) {
      this.signer.learnFrom(error as Refusal, signed);
      throw error;
    }
  }

  /** Passes the gate last, because waiting, signing and connecting all take time. */
  async #dispatch(request: HttpRequest, options: object, gate: WriteGate | undefined): Promise<Response> {
    const { requestHandler } = this.config;
    const onStart = () => {
      if (gate?.isOpen() === false) throw new StaleError();
    };
    for (;;) {
      if (gate) await pass(gate);
      try {
        const { response } = await requestHandler.handle(request, { ...options, onStart } as typeof options);
        return response as Response;
      } catch (error) {
        if (!(error instanceof StaleError)) throw error;
      }
    }
  }
}

/** The gate has closed after `pass`, before a connection was ready. */
class StaleError extends Error {}

const operations = new WeakMap<object, ReturnType<typeof operation>>();

/** The same object for each kind of command, because the SDK stores facts about the operation in it. */
function operationOf(command: SdkCommand): ReturnType<typeof operation> {
  const described = command.schema as StaticOperationSchema;
  const known = operations.get(described);
  if (known) return known;
  const [, namespace, name, traits, input, output] = described;
  const schema = operation(namespace, name, traits, input, output);
  operations.set(described, schema);
  return schema;
}

async function pass(gate: WriteGate): Promise<void> {
  try {
    await apart(() => gate.pass());
  } catch (error) {
    throw new KeptBackError(error);
  }
}

/** The endpoint of a request, and the handler that sends it. */
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
