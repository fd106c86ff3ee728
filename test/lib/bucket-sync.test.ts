import { Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketSync, type BucketSyncProps, type SyncMirror } from '../../lib';
import { ENVIRONMENT } from '../../statemachine/contract';
import { listPermissions } from './permissions';
import { createApp, deployedMirrors } from './synthesize';

function synthesizeSync(propsOf: (stack: Stack) => BucketSyncProps): Template {
  const stack = new Stack(createApp(), 'Stack');
  new BucketSync(stack, 'BucketSync', propsOf(stack));
  return Template.fromStack(stack);
}

const importBuckets = (stack: Stack, ...names: string[]) =>
  names.map((name) => s3.Bucket.fromBucketName(stack, name, name));

function importPairs(stack: Stack, name: string): [SyncMirror] {
  const [source, destination] = importBuckets(stack, `source-${name}`, `destination-${name}`).map((bucket) => ({
    bucket,
  }));
  return [{ source, destination } as SyncMirror];
}

it('lets the source of each mirror be read and its destination be written', () => {
  const template = synthesizeSync((stack) => ({
    mirrors: [...importPairs(stack, 'a'), ...importPairs(stack, 'b')],
  }));

  const copied = listPermissions(template).filter(
    ({ grantee, action }) =>
      grantee === 'CopyRange' && (action === 's3:GetObjectTagging' || action === 's3:PutObjectTagging'),
  );

  expect(copied.map(({ action, resource }) => `${action} ${resource}`).sort()).toEqual([
    's3:GetObjectTagging s3:::source-a/*',
    's3:GetObjectTagging s3:::source-b/*',
    's3:PutObjectTagging s3:::destination-a/*',
    's3:PutObjectTagging s3:::destination-b/*',
  ]);
});

it('creates no report bucket if one is given', () => {
  const template = synthesizeSync((stack) => ({
    mirrors: importPairs(stack, 'a'),
    reportBucket: s3.Bucket.fromBucketName(stack, 'Reports', 'my-reports'),
  }));

  template.resourceCountIs('AWS::S3::Bucket', 0);
  expect(listPermissions(template)).toContainEqual({
    grantee: 'FinishRun',
    action: 's3:PutObject',
    resource: 's3:::my-reports/runs/*',
  });
});

it('keeps logs for as long as asked', () => {
  const template = synthesizeSync((stack) => ({
    mirrors: importPairs(stack, 'a'),
    logRetention: RetentionDays.ONE_WEEK,
  }));

  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
});

it('lets what is encrypted with a known key be read and written with that key', () => {
  const template = synthesizeSync((stack) => ({
    mirrors: [
      {
        source: { bucket: encryptedBucket(stack, 'Source') },
        destination: { bucket: encryptedBucket(stack, 'Destination') },
      },
    ],
  }));

  const keys = listPermissions(template).filter(({ action }) => action.startsWith('kms:'));

  const granted = new Set(keys.map(({ grantee, action, resource }) => `${grantee}: ${action} on ${resource}`));
  expect([...granted].sort()).toEqual([
    'CopyRange: kms:Decrypt on <DestinationKey>',
    'CopyRange: kms:Decrypt on <SourceKey>',
    'CopyRange: kms:GenerateDataKey on <DestinationKey>',
    'DeleteRange: kms:Decrypt on <DestinationKey>', // of the lock
    'FinishRun: kms:Decrypt on <DestinationKey>',
    'FinishRun: kms:GenerateDataKey on <DestinationKey>',
    'ValidateInput: kms:Decrypt on <DestinationKey>',
    'ValidateInput: kms:Decrypt on <SourceKey>',
    'ValidateInput: kms:GenerateDataKey on <DestinationKey>',
  ]);
});

it('uses the key that is given for an imported bucket', () => {
  const template = synthesizeSync((stack) => {
    const [source, destination] = importBuckets(stack, 'source-a', 'destination-a') as [s3.IBucket, s3.IBucket];
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/theirs');
    return { mirrors: [{ source: { bucket: source, encryptionKey }, destination: { bucket: destination } }] };
  });

  const resource = 'arn:aws:kms:eu-west-1:111111111111:key/theirs';
  expect(listPermissions(template).filter(({ action }) => action.startsWith('kms:'))).toEqual([
    { grantee: 'ValidateInput', action: 'kms:Decrypt', resource },
    { grantee: 'CopyRange', action: 'kms:Decrypt', resource },
  ]);
});

it('limits objects to a folder, and passes this on to ValidateInput', () => {
  const template = synthesizeSync((stack) => {
    const [source, destination] = importBuckets(stack, 'source-a', 'destination-a') as [s3.IBucket, s3.IBucket];
    return {
      mirrors: [{ source: { bucket: source, prefix: 'site' }, destination: { bucket: destination, prefix: 'www/' } }],
    };
  });
  const onObjects = listPermissions(template).filter(({ resource }) => /source-a\/|destination-a\//.test(resource));

  expect([...new Set(onObjects.map(({ resource }) => resource))].sort()).toEqual([
    's3:::destination-a/.bucketsync/*',
    's3:::destination-a/www/*',
    's3:::destination-a/www/*.bucketsync-probe-*',
    's3:::source-a/site/*',
  ]);
  expect(deployedMirrors(template)).toMatchObject([
    { source: 'source-a', prefix: 'site/', destination: 'destination-a', destinationPrefix: 'www/' },
  ]);
});

it('limits objects to a folder whose name is a pattern to IAM', () => {
  const $ = '$';
  const template = synthesizeSync((stack) => {
    const [source, destination] = importBuckets(stack, 'source-a', 'destination-a') as [s3.IBucket, s3.IBucket];
    return {
      mirrors: [
        { source: { bucket: source, prefix: 'a*?$/' }, destination: { bucket: destination, prefix: `${$}{x}` } },
      ],
    };
  });
  const onObjects = listPermissions(template).filter(({ resource }) => /source-a\/|destination-a\//.test(resource));

  expect([...new Set(onObjects.map(({ resource }) => resource))].sort()).toEqual([
    `s3:::destination-a/${$}{${$}}{x}/*`,
    `s3:::destination-a/${$}{${$}}{x}/*.bucketsync-probe-*`,
    's3:::destination-a/.bucketsync/*',
    `s3:::source-a/a${$}{*}${$}{?}$/*`,
  ]);
});

it('gives the functions that work on ranges the memory asked for, and FinishRun its price', () => {
  const template = synthesizeSync((stack) => ({
    mirrors: importPairs(stack, 'a'),
    memory: Size.gibibytes(3),
  }));
  const memory = Object.values(template.findResources('AWS::Lambda::Function')).map(
    ({ Properties }) => Properties.MemorySize,
  );

  expect(memory.sort()).toEqual([3072, 3072, 512, 512, 512, 512, 512]);
  template.allResourcesProperties('AWS::Lambda::Function', {
    Environment: { Variables: { [ENVIRONMENT.rangeMemoryMib]: '3072' } },
  });
});

it('traces nothing if tracing is off', () => {
  const template = synthesizeSync((stack) => ({
    mirrors: importPairs(stack, 'a'),
    tracing: false,
  }));

  expect(listPermissions(template).filter(({ action }) => action.startsWith('xray:'))).toEqual([]);
  template.hasResourceProperties('AWS::StepFunctions::StateMachine', { TracingConfiguration: { Enabled: false } });
});

function encryptedBucket(stack: Stack, name: string): s3.IBucket {
  return new s3.Bucket(stack, name, { encryptionKey: new kms.Key(stack, `${name}Key`) });
}
