import type { S3Client } from '@aws-sdk/client-s3';
import type { getEndpointFromInstructions } from '@smithy/core/endpoints';
import type { HttpRequest } from '@smithy/core/protocols';

type Config = S3Client['config'];
type Endpoint = Awaited<ReturnType<typeof getEndpointFromInstructions>>;
type Scheme = Config['httpAuthSchemes'][number]['signer'];
type Signer = Awaited<ReturnType<Config['signer']>>;

const SIGNATURE = 'aws.auth#sigv4';

/** Signs by the SDK, which takes fresh credentials when they expire and corrects the clock by S3's answers. */
export class RequestSigner {
  private constructor(
    private readonly config: Config,
    private readonly signer: Signer,
    private readonly where: { readonly signingRegion: string; readonly signingService: string },
    /** Absent where the clock is not to be corrected. */
    private readonly scheme: Scheme | undefined,
  ) {}

  /** @throws Error  the endpoint takes another kind of signature */
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
    const where = { signingRegion: scheme.signingRegion, signingService: scheme.signingName };
    const trusted = await config.disableClockSkewCorrection?.();
    return new RequestSigner(config, await config.signer(scheme as never), where, trusted ? undefined : known.signer);
  }

  async sign(request: HttpRequest): Promise<HttpRequest> {
    const signingDate = new Date(Date.now() + this.config.systemClockOffset);
    return (await this.signer.sign(request, { signingDate, ...this.where })) as HttpRequest;
  }

  /** Learns of a refusal what time it is at S3; marks it where that explains it. @throws always, the refusal */
  refused(refusal: unknown): never {
    this.scheme?.errorHandler?.({ config: this.config })(refusal as Error);
    throw refusal;
  }
}
