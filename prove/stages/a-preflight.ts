import { resolve4 } from 'node:dns/promises';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { BucketRequests } from '../../lambdas/s3/client/bucket-requests';
import { dnsSuffixOf, partitionOf } from '../../statemachine/partition';
import type { Stage } from '../assumption';
import { namedEndpoint, type Service } from '../aws-call';
import type { Lab } from '../lab';
import { outcome } from '../outcome';
import { describeQuotas, functionsAtOnce } from '../quotas';

/** S3 accepts a clock that is wrong by up to fifteen minutes. */
const MOST_SKEW_MS = 300_000;
const PROBES = 5;
const NOT_AWS = 'not asked: the endpoint is not that of AWS';

/** For a service that a server with only S3 does not have. */
function ofAws(lab: Lab, service: Service, observe: () => Promise<string>): Promise<string> {
  const isElsewhere = lab.journal.head.endpoint !== undefined && namedEndpoint(service) === undefined;
  return isElsewhere ? Promise.resolve(NOT_AWS) : observe();
}

export const preflight: Stage = {
  id: 'A',
  title: 'what the others need',
  needs: [],
  estimate: { requests: 10, usd: 0 },
  assumptions: [
    {
      id: 'A1',
      says: 'A bucket can be made, tagged, and given a lifecycle rule',
      source: 'AWS: CreateBucket, PutBucketTagging, PutBucketLifecycleConfiguration',
      expected: 'ok',
      essential: true,
      observe: (lab) => outcome(lab.bucket('source')),
    },
    {
      id: 'A2',
      says: 'S3 tells the Region of the bucket',
      source: 'AWS: HeadBucket, x-amz-bucket-region; bucketsync: find-region.ts',
      expected: 'the Region of this run',
      async observe(lab) {
        const { BucketRegion } = await lab.send(new HeadBucketCommand({ Bucket: await lab.bucket('source') }));
        return BucketRegion === lab.region ? 'the Region of this run' : String(BucketRegion);
      },
    },
    {
      id: 'A3',
      says: "This machine's clock is right within five minutes",
      source: 'AWS: Signature Version 4, RequestTimeTooSkewed',
      expected: 'within five minutes',
      async observe(lab) {
        await lab.send(new HeadBucketCommand({ Bucket: await lab.bucket('source') }));
        const skewMs = Math.abs(Date.parse(lab.lastAnswer?.headers.date ?? '') - Date.now());
        return skewMs <= MOST_SKEW_MS ? 'within five minutes' : `${Math.round(skewMs / 1000)} s`;
      },
    },
    {
      id: 'A4',
      says: 'How long a small request takes',
      source: 'bucketsync: the connect timeout of lambdas/s3/network/undici-handler.ts',
      async observe(lab) {
        const bucket = await lab.bucket('source');
        const times: number[] = [];
        for (let probe = 0; probe < PROBES; probe++) {
          const start = performance.now();
          await BucketRequests.of(lab.client, bucket).send(new HeadBucketCommand({ Bucket: bucket }));
          times.push(performance.now() - start);
        }
        return `${Math.round(Math.min(...times))} ms at best of ${PROBES}`;
      },
    },
    {
      id: 'A5',
      says: 'How many addresses S3 has here',
      source: 'nodejs/node#54359: each address gets its share of the time to connect',
      async observe(lab) {
        if (lab.journal.head.endpoint !== undefined) return NOT_AWS;
        const host = `s3.${lab.region}.${dnsSuffixOf(partitionOf(lab.region))}`;
        return `${(await resolve4(host)).length}`;
      },
    },
    {
      id: 'A6',
      says: 'How many functions Lambda runs at once here',
      source:
        'AWS: Lambda quotas, concurrent executions; bucketsync: maxConcurrency, and the attempts after a throttle',
      observe: (lab) => ofAws(lab, 'lambda', () => functionsAtOnce(lab.signing)),
    },
    {
      id: 'A7',
      says: 'How fast Step Functions takes executions and transitions here',
      source: 'AWS: Step Functions service quotas; bucketsync: rounds of several ranges',
      observe: (lab) => ofAws(lab, 'servicequotas', () => describeQuotas(lab.signing)),
    },
  ],
};
