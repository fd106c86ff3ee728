import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketSync, type SyncInvalidation, type SyncMirror } from '../../lib';
import { createApp, listResources } from './synthesize';

interface Policy {
  readonly Roles: readonly { readonly Ref: string }[];
  readonly PolicyDocument: { readonly Statement: readonly { readonly Action: unknown; readonly Resource: unknown }[] };
}

/** What the functions may do with CloudFront, by Task. */
function allowed(invalidate: SyncInvalidation | undefined, more: Partial<SyncMirror> = {}, stack = newStack()) {
  new BucketSync(stack, 'BucketSync', {
    mirrors: [
      {
        source: { bucket: s3.Bucket.fromBucketName(stack, 'Source', 'staging') },
        destination: { bucket: s3.Bucket.fromBucketName(stack, 'Destination', 'production') },
        ...(invalidate && { input: { invalidate } }),
        ...more,
      },
    ],
  });
  const found = listResources<Policy>(Template.fromStack(stack), 'AWS::IAM::Policy').flatMap(([, policy]) => {
    const [, task = ''] = /Functions(\w+)Role/.exec(policy.Roles[0]?.Ref ?? '') ?? [];
    return policy.PolicyDocument.Statement.filter(({ Action }) => JSON.stringify(Action).includes('cloudfront')).map(
      ({ Action, Resource }) => [task, Action, JSON.stringify(Resource)] as const,
    );
  });
  return found.sort(([one], [other]) => (one < other ? -1 : 1));
}

function newStack(): Stack {
  return new Stack(createApp(), 'Stack');
}

const distribution = 'EDFDVBD6EXAMPLE';
const ARN = expect.stringMatching(/:cloudfront::.*:distribution\/EDFDVBD6EXAMPLE"/);

it('allows two functions to invalidate paths of exactly the distribution that the mirror names', () => {
  expect(allowed({ distribution })).toEqual([
    ['ClosePhase', 'cloudfront:CreateInvalidation', ARN],
    ['FinishRun', 'cloudfront:CreateInvalidation', ARN],
  ]);
});

it.each([
  ['if runs wait', { distribution, wait: true }, {}],
  ['if an execution may let them wait', { distribution }, { mayOverride: ['invalidate' as const] }],
])('allows the same functions to ask whether that is done: %s', (_when, invalidate, more) => {
  const actions = ['cloudfront:CreateInvalidation', 'cloudfront:GetInvalidation'];

  expect(allowed(invalidate, more)).toEqual([
    ['ClosePhase', actions, ARN],
    ['FinishRun', actions, ARN],
  ]);
});

it('allows nothing at CloudFront if no mirror names a distribution', () => {
  expect(allowed(undefined)).toEqual([]);
});

it('takes a distribution of the same app', () => {
  const stack = newStack();
  const site = new cloudfront.Distribution(stack, 'Site', {
    defaultBehavior: {
      origin: origins.S3BucketOrigin.withOriginAccessControl(s3.Bucket.fromBucketName(stack, 'Origin', 'production')),
    },
  });

  const found = allowed({ distribution: site.distributionId }, {}, stack);

  expect(found.map(([task]) => task)).toEqual(['ClosePhase', 'FinishRun']);
  expect(found.every(([, , resource]) => /distribution\/",\{"Ref":"Site/.test(resource))).toBe(true);
});
