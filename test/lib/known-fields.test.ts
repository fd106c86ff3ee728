import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { BucketSync, type BucketSyncProps } from '../../lib';
import { deployedMirrors } from './synthesize';

/** As JavaScript sees it: any property goes. */
function create(more: {
  mirror?: object;
  location?: object;
  schedule?: object;
  input?: object;
  props?: object;
}): Stack {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');
  const [source, destination] = ['aaa', 'bbb'].map((name) => s3.Bucket.fromBucketName(stack, name, name));
  const schedule = { name: 'Nightly', schedule: ScheduleExpression.expression('cron(0 2 * * ? *)'), ...more.schedule };
  new BucketSync(stack, 'Sync', {
    mirrors: [
      {
        source: { bucket: source, ...more.location },
        destination: { bucket: destination },
        input: more.input,
        schedules: [schedule],
        ...more.mirror,
      },
    ],
    ...more.props,
  } as BucketSyncProps);
  return stack;
}

it.each([
  [{ mirror: { exclude: ['drafts/**'] } }, 'mirrors[0]`: Unknown field `exclude`: did you mean `input.exclude`?'],
  [{ mirror: { inputs: {} } }, 'mirrors[0]`: Unknown field `inputs`: did you mean `input`?'],
  [{ location: { folder: 'site' } }, 'mirrors[0].source`: Unknown field `folder`'],
  [{ location: { bucket: undefined } }, 'mirrors[0].source`: Expected an object with a `bucket`, got none'],
  [{ location: { bucket: 'aaa' } }, 'mirrors[0].source`: Expected an object with a `bucket`, got none'],
  [{ mirror: { destination: undefined } }, 'mirrors[0].destination`: Expected an object with a `bucket`, got none'],
  [{ mirror: { source: { bucketArn: 'arn:aws:s3:::aaa' } } }, 'got the bucket itself: write { bucket: … }'],
  [{ input: { 'max-deletes': 5 } }, 'mirrors[0].input`: Unknown field `max-deletes`: did you mean `maxDeletes`?'],
  [
    { input: { prefix: 'drafts' } },
    'mirrors[0].input`: Expected no `prefix`: `source` and `destination` name the folders',
  ],
  [{ input: { source: 'ccc' } }, 'mirrors[0].input`: Expected no `source`'],
  [
    { schedule: { maxDeletes: 5 } },
    'schedule `Nightly``: Unknown field `maxDeletes`: did you mean `input.maxDeletes`?',
  ],
  [{ props: { input: { maxDeletes: 5 } } }, '`Stack/Sync`: Unknown field `input`'],
  [{ props: { maxDeletes: 5 } }, '`Stack/Sync`: Unknown field `maxDeletes`'],
  [{ props: { notifications: { topics: [] } } }, 'notifications`: Unknown field `topics`: did you mean `topic`?'],
  [{ props: { mirrors: undefined } }, 'Expected `mirrors` to be a list of one mirror or more'],
])('rejects fields that would be ignored: %j', (more, message) => {
  expect(() => create(more)).toThrow(message);
});

it('pins the owners even if they are set to nothing', () => {
  const [mirror] = deployedMirrors(
    Template.fromStack(create({ input: { sourceOwner: undefined, destinationOwner: undefined } })),
  );

  expect(mirror).toMatchObject({ sourceOwner: expect.anything(), destinationOwner: expect.anything() });
});
