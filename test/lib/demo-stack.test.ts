import { Template } from 'aws-cdk-lib/assertions';
import { DemoStack } from '../../lib/demo-stack';
import { listPermissions } from './permissions';
import { createApp } from './synthesize';

const template = Template.fromStack(new DemoStack(createApp(), 'BucketSyncDemo'));

it('leaves nothing behind when it is destroyed', () => {
  const kept = Object.entries(template.toJSON().Resources as Record<string, { DeletionPolicy?: string }>).filter(
    ([, { DeletionPolicy = 'Delete' }]) => DeletionPolicy !== 'Delete',
  );

  expect(kept).toEqual([]);
  template.resourceCountIs('AWS::S3::Bucket', 3);
  template.resourceCountIs('Custom::BucketContent', 3);
});

it('fills the staging bucket only', () => {
  template.resourcePropertiesCountIs('Custom::BucketContent', { Fill: 'true' }, 1);
  const puts = listPermissions(template).filter(
    ({ grantee, action }) => grantee === 'Content' && action === 's3:PutObject',
  );

  expect(puts.map(({ resource }) => resource)).toEqual([expect.stringMatching(/^<Staging>\/\*$/)]);
});

it('ends unfinished uploads in each of its buckets', () => {
  template.allResourcesProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: {
      Rules: [{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' }],
    },
  });
});
