import type { S3Client } from '@aws-sdk/client-s3';
import type { getEndpointFromInstructions } from '@smithy/core/endpoints';
import type { HttpRequest } from '@smithy/core/protocols';
import { ByteSigner, unsignableHeaders } from './byte-signer';
import type { Response } from './read-answer';

type Config = S3Client['config'];
type Endpoint = Awaited<ReturnType<typeof getEndpointFromInstructions>>;

/** S3 tolerates a clock error of fifteen minutes. From this error on, the SDK takes a rejection for a clock error. */
const WRONG_CLOCK_MS = 240_000;
/** If an answer took longer, its date may be that of its beginning. */
const LONGEST_ANSWER_MS = 900_000;

export interface Signed {
  readonly request: HttpRequest;
  /** Time in milliseconds, by this machine's clock. */
  readonly at: number;
  /** Assumed difference of S3's clock. */
  readonly clockOffsetMs: number;
}

/** The SDK's error for a bad answer. */
export interface Refusal {
  readonly name?: string;
  readonly $response?: Response;
  readonly $metadata?: { readonly httpStatusCode?: number; clockSkewCorrected?: true };
}

/** Signs with the SDK, which renews expiring credentials, and with the time that S3's rejections tell. */
export class RequestSigner {
  private constructor(
    private readonly config: Config,
    private readonly signer: ByteSigner,
    private readonly scope: { readonly signingRegion: string; readonly signingService: string },
    private readonly mayCorrectClock: boolean,
  ) {}

  /** @throws Error  the endpoint requires another kind of signature */
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
      uriEscapePath: false, // only S3 signs paths unencoded
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

  /** Reads S3's time from a 403. If a clock error explains the 403, marks it for the SDK's retries. */
  learnFrom({ name, $response, $metadata }: Refusal, signed: Signed): void {
    if ($metadata?.httpStatusCode !== 403 || !$response) return;
    const learnt = this.#learn($response, signed);
    if (learnt === undefined) return;
    // the answer to HEAD has no code
    if (name === 'RequestTimeTooSkewed' || Math.abs(learnt - signed.clockOffsetMs) >= WRONG_CLOCK_MS) {
      $metadata.clockSkewCorrected = true;
    }
  }

  /** After a clock error, good answers show whether the clock is still wrong. */
  confirm(answer: Response, signed: Signed): void {
    if (Math.abs(this.config.systemClockOffset) >= WRONG_CLOCK_MS) this.#learn(answer, signed);
  }

  #learn({ headers: { date = '', age } }: Response, { at }: Signed): number | undefined {
    const now = Date.now();
    const learnt = Date.parse(date) - now;
    // the date of a cached answer is the time when the cache got it
    const isKnown = !Number.isNaN(learnt) && age === undefined && now - at <= LONGEST_ANSWER_MS;
    if (!isKnown || !this.mayCorrectClock) return undefined;
    this.config.systemClockOffset = learnt;
    return learnt;
  }
}
