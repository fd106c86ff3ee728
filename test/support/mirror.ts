import type { Host } from '../../lambdas/engine/ports/host';
import { lambdaHost } from '../../lambdas/host/lambda-host';
import { RetryEachRequest } from '../../lambdas/s3/client/retry-each-request';
import { type S3Server, type S3ServerOptions, startS3 } from '../../local/s3';
import { ENVIRONMENT } from '../../statemachine/contract';
import { AnyMirror, type MirrorOptions, useMirrorOf } from './any-mirror';

export { type MirrorOptions, past } from './any-mirror';

/** The mirror of a test file whose subject are requests, faults or fidelity: as deployed, over HTTP. */
export function useMirror(options: S3ServerOptions = {}): Mirror {
  return useMirrorOf(new Mirror(), options);
}

/** The mirror with the real handlers' host, and the SDK over HTTP. */
export class Mirror extends AnyMirror {
  protected async open(options: S3ServerOptions): Promise<S3Server> {
    const s3 = await startS3(options);
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      [ENVIRONMENT.reportLocation]: this.reportLocation,
      [ENVIRONMENT.roundBudgetsMs]: '60000',
    });
    return s3;
  }

  hostOf(options?: MirrorOptions): Host {
    return hostOf(options);
  }

  canMeet(): boolean {
    return true;
  }

  async stop(): Promise<void> {
    await this.s3.close();
    // what is left of a run that was stopped would ask again for minutes, and keep the worker from its end
    RetryEachRequest.prototype.refreshRetryTokenForRetry = () => Promise.reject(new Error('The suite has ended'));
  }
}

/** The host of a Task of such a run. */
export function hostOf({ pageSize = 1000, serial, host: overrides }: MirrorOptions = {}): Host {
  process.env[ENVIRONMENT.pageSize] = String(pageSize);
  return {
    ...lambdaHost({ getRemainingTimeInMillis: () => 900_000 }),
    // as in AWS, which it imitates
    trustsListings: true,
    // tests that have none of a server that is away wait for none
    patience: { outageMs: 0, runMs: 0 },
    ...(serial && { rangesAtOnce: 1 }),
    ...overrides,
  };
}
