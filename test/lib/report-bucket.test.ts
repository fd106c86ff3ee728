import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ReportBucket, type ReportBucketProps } from '../../lib/report-bucket';
import { createApp } from './synthesize';

function synthesizeBucket(props?: ReportBucketProps): Template {
  const stack = new Stack(createApp(), 'Stack');
  new ReportBucket(stack, 'ReportBucket', props);
  return Template.fromStack(stack);
}

it('is encrypted, not public and owns what is written to it', () => {
  synthesizeBucket().hasResourceProperties('AWS::S3::Bucket', {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  });
});

it.each([{ Bool: { 'aws:SecureTransport': 'false' } }, { NumericLessThan: { 's3:TlsVersion': 1.2 } }])(
  'rejects every request with %j',
  (condition) => {
    synthesizeBucket().hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Action: 's3:*', Principal: { AWS: '*' }, Condition: condition }),
        ]),
      },
    });
  },
);

it.each([
  [undefined, 90],
  [{ retention: Duration.days(365) }, 365],
])('with %j forgets reports after %d days, and never a lock or since when an orphan waits', (props, days) => {
  synthesizeBucket(props).hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: {
      Rules: [
        {
          Prefix: 'runs/',
          ExpirationInDays: days,
          NoncurrentVersionExpiration: { NoncurrentDays: 30 },
          Status: 'Enabled',
        },
        {
          Prefix: 'locks/',
          ExpiredObjectDeleteMarker: true,
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
          Status: 'Enabled',
        },
        {
          Prefix: 'evidence/',
          ExpirationInDays: 400,
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
          Status: 'Enabled',
        },
        {
          Prefix: 'grace/',
          ExpiredObjectDeleteMarker: true,
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
          Status: 'Enabled',
        },
        ...['lacks/', 'uploads/'].map((Prefix) => ({
          Prefix,
          ExpirationInDays: 60,
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
          Status: 'Enabled',
        })),
        { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
      ],
    },
  });
});

it('keeps what somebody deletes or replaces', () => {
  synthesizeBucket().hasResourceProperties('AWS::S3::Bucket', { VersioningConfiguration: { Status: 'Enabled' } });
});

it('outlives the stack', () => {
  synthesizeBucket().hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
});
