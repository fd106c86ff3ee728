import type { S3Client } from '@aws-sdk/client-s3';
import type { getEndpointFromInstructions } from '@smithy/core/endpoints';
import type { HttpRequest } from '@smithy/core/protocols';
import { ByteSigner, unsignableHeaders } from './byte-signer';
import type { Response } from './read-answer';

type Config = S3Client['config'];
type Endpoint = Awaited<ReturnType<typeof getEndpointFromInstructions>>;

/** What S3 lets a clock be wrong by is fifteen minutes; from here on, the SDK takes a refusal for one of the clock. */
const WRONG_CLOCK_MS = 240_000;
/** The date of an answer that took longer may be that of its beginning. */
const LONGEST_ANSWER_MS = 900_000;

export interface Signed {
  readonly request: HttpRequest;
  /** When, in milliseconds, by this machine's clock. */
  readonly at: number;
  /** What S3's clock was thought to be ahead of it. */
  readonly clockOffsetMs: number;
}

/** What the SDK makes of an answer that is not good. */
export interface Refusal {
  readonly name?: string;
  readonly $response?: Response;
  readonly $metadata?: { readonly httpStatusCode?: number; clockSkewCorrected?: true };
}

/** Signs by the SDK, which takes fresh credentials when they expire, and by the time that S3's refusals tell. */
export class RequestSigner {
  private constructor(
    private readonly config: Config,
    private readonly signer: ByteSigner,
    private readonly scope: { readonly signingRegion: string; readonly signingService: string },
    private readonly mayCorrectClock: boolean,
  ) {}

  /** @throws Error  the endpoint takes another kind of signature */
  static async create(config: Config, endpoint: Endpoint): Promise<RequestSigner> {
    const [scheme] = (endpoint.properties?.authSchemes ?? []) as {
      name: string;
      signingRegion: string;
      signingName: string;
    }[];
    if (scheme?.name !== 'sigv4') {
      throw new Error(
        `Expected a bucket whose requests take Signature Version 4, got ${scheme?.name ?? 'no signature'}`,
      );
    }
    const scope = { signingRegion: scheme.signingRegion, signingService: scheme.signingName };
    const isTrusted = (await config.disableClockSkewCorrection?.()) === true;
    const signer = new ByteSigner({
      credentials: config.credentials,
      region: scheme.signingRegion,
      service: scheme.signingName,
      sha256: config.sha256,
      uriEscapePath: false, // S3 alone wants paths as they are sent
    });
    return new RequestSigner(config, signer, scope, !isTrusted);
  }

  async sign(request: HttpRequest): Promise<Signed> {
    const at = Date.now();
    const clockOffsetMs = this.config.systemClockOffset;
    const options = {
      signingDate: new Date(at + clockOffsetMs),
      unsignableHeaders: unsignableHeaders(request),
      ...this.scope,
    };
    return { request: (await this.signer.sign(request, options)) as HttpRequest, at, clockOffsetMs };
  }

  /** Learns of a 403 what time it is at S3, and marks it for the SDK's retries where another time explains it. */
  learnFrom({ name, $response, $metadata }: Refusal, signed: Signed): void {
    if ($metadata?.httpStatusCode !== 403 || !$response) return;
    const learnt = this.#learn($response, signed);
    if (learnt === undefined) return;
    // The answer to a HEAD has no code.
    if (name === 'RequestTimeTooSkewed' || Math.abs(learnt - signed.clockOffsetMs) >= WRONG_CLOCK_MS) {
      $metadata.clockSkewCorrected = true;
    }
  }

  /** Once the clock was wrong, good answers tell whether it still is. */
  confirm(answer: Response, signed: Signed): void {
    if (Math.abs(this.config.systemClockOffset) >= WRONG_CLOCK_MS) this.#learn(answer, signed);
  }

  #learn({ headers: { date = '', age } }: Response, { at }: Signed): number | undefined {
    const now = Date.now();
    const learnt = Date.parse(date) - now;
    // A cache tells when it got the answer.
    const isKnown = !Number.isNaN(learnt) && age === undefined && now - at <= LONGEST_ANSWER_MS;
    if (!isKnown || !this.mayCorrectClock) return undefined;
    this.config.systemClockOffset = learnt;
    return learnt;
  }
}
