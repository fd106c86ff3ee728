import type { S3Client } from '@aws-sdk/client-s3';
import type { getEndpointFromInstructions } from '@smithy/core/endpoints';
import type { HttpRequest } from '@smithy/core/protocols';
import type { Response } from './read-answer';

type Config = S3Client['config'];
type Endpoint = Awaited<ReturnType<typeof getEndpointFromInstructions>>;
type Signer = Config['httpAuthSchemes'][number]['signer'];

const SIGNATURE = 'aws.auth#sigv4';

/** Signs by the SDK's scheme, which takes fresh credentials when they expire and corrects the clock by S3's answers. */
export class RequestSigner {
  private constructor(
    private readonly signer: Signer,
    private readonly properties: Readonly<Record<string, unknown>>,
  ) {}

  static async create(config: Config, endpoint: Endpoint): Promise<RequestSigner> {
    const [scheme] = (endpoint.properties?.authSchemes ?? []) as {
      name: string;
      signingRegion: string;
      signingName: string;
    }[];
    const known = config.httpAuthSchemes.find(({ schemeId }) => schemeId === SIGNATURE);
    if (scheme?.name !== 'sigv4' || !known) {
      throw new Error(
        `Expected a bucket whose requests take Signature Version 4, got ${scheme?.name ?? 'no signature'}`,
      );
    }
    const signer = await config.signer(scheme as never);
    return new RequestSigner(known.signer, {
      context: { endpointV2: endpoint },
      // The SDK would make a new signer for each request.
      config: {
        signer: async () => signer,
        disableClockSkewCorrection: config.disableClockSkewCorrection,
        get systemClockOffset() {
          return config.systemClockOffset;
        },
        set systemClockOffset(offset) {
          config.systemClockOffset = offset;
        },
      },
      signingRegion: scheme.signingRegion,
      signingName: scheme.signingName,
    });
  }

  /** Sends a request signed. Of a refusal and of a good answer, the signer learns what time it is at S3. */
  async signed<Answer extends { readonly response: Response }>(
    request: HttpRequest,
    send: (signed: HttpRequest) => Promise<Answer>,
  ): Promise<Answer> {
    const properties = { ...this.properties }; // it notes in them when it signed
    const signed = await this.signer.sign(request, {}, properties);
    try {
      const answer = await send(signed as HttpRequest);
      this.signer.successHandler?.(answer.response, properties);
      return answer;
    } catch (error) {
      throw this.signer.errorHandler?.(properties)(error as Error) ?? error;
    }
  }
}
