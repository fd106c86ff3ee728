import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketSync, type BucketSyncProps } from '../../lib';
import { createApp, listResources } from './synthesize';

/** A stack that mirrors one bucket, with further settings. */
export function synthesizeSync(given: (stack: Stack) => Partial<BucketSyncProps>): Template {
  const stack = new Stack(createApp(), 'Stack');
  new BucketSync(stack, 'BucketSync', {
    mirrors: [
      {
        source: { bucket: s3.Bucket.fromBucketName(stack, 'Source', 'staging') },
        destination: { bucket: s3.Bucket.fromBucketName(stack, 'Destination', 'production') },
      },
    ],
    ...given(stack),
  });
  return Template.fromStack(stack);
}

/** What the environment of a Task's function says, with CloudFormation's functions as text. */
export function variable(found: Template, task: string, name: string): string | undefined {
  const functions = listResources<{ Description?: string; Environment?: { Variables?: Record<string, unknown> } }>(
    found,
    'AWS::Lambda::Function',
  );
  const [, { Environment } = {}] =
    functions.find(([, { Description = '' }]) => Description.startsWith(`Task ${task} `)) ?? [];
  const value = Environment?.Variables?.[name];
  return value === undefined ? undefined : JSON.stringify(value);
}
