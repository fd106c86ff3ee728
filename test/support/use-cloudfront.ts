import type { Invalidator } from '../../lambdas/engine/ports/invalidator';
import { openInvalidator } from '../../lambdas/host/invalidator/open-invalidator';
import { FakeCloudFront, type FakeCloudFrontOptions, type Invalidation } from './fake-cloudfront';

export const DISTRIBUTION = 'EDFDVBD6EXAMPLE';

/** A fake CloudFront, and the way to it through the SDK. */
export interface CloudFrontOfSuite {
  readonly server: FakeCloudFront;
  readonly invalidator: Invalidator;
  /** Called when an invalidation was created, before the answer. */
  onInvalidation: ((paths: readonly string[]) => void) | undefined;
  readonly invalidations: readonly Invalidation[];
  /** The paths of each invalidation. */
  told(): (readonly string[])[];
}

/** One CloudFront for a test file; no test inherits another's invalidations or faults. */
export function useCloudFront(options: Omit<FakeCloudFrontOptions, 'onInvalidation'> = {}): CloudFrontOfSuite {
  let server: FakeCloudFront | undefined;
  const opened = () => {
    if (!server) throw new Error('Expected CloudFront to be asked in a test, got a question before the first one');
    return server;
  };
  const suite: CloudFrontOfSuite = {
    get server() {
      return opened();
    },
    // it reads its endpoint with the first request
    invalidator: openInvalidator({}),
    onInvalidation: undefined,
    get invalidations() {
      return opened().invalidations;
    },
    told: () => opened().invalidations.map(({ paths }) => paths),
  };
  beforeAll(async () => {
    server = await FakeCloudFront.start({ ...options, onInvalidation: (paths) => suite.onInvalidation?.(paths) });
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_CLOUDFRONT: server.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
  });
  afterAll(() => server?.close());
  beforeEach(() => {
    server?.clear();
    suite.onInvalidation = undefined;
  });
  return suite;
}
