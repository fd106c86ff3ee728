import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { readEnvironment } from '../../lambdas/host/read-environment';
import { BucketSync, type SyncMirror } from '../../lib';
import { ENVIRONMENT } from '../../statemachine/contract';
import { parseSideSettings } from '../../statemachine/input/sides';
import { listPermissions } from './permissions';
import { createApp, deployedMirrors, listResources, synthesize } from './synthesize';

const R2 = 'https://0123456789abcdef.r2.cloudflarestorage.com';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:r2-keys-AbCdEf';
const ROLE = 'arn:aws:iam::222222222222:role/reader';

type Place = SyncMirror['source'];

function deploy(mirrorOf: (stack: Stack, bucket: (name: string) => s3.IBucket) => SyncMirror | SyncMirror[]): Template {
  const stack = new Stack(createApp(), 'Stack');
  const bucket = (name: string) => s3.Bucket.fromBucketName(stack, `${name}${stack.node.children.length}`, name);
  new BucketSync(stack, 'BucketSync', { mirrors: [mirrorOf(stack, bucket)].flat() });
  return Template.fromStack(stack);
}

const fromR2 = (stack: Stack, bucket: (name: string) => s3.IBucket): SyncMirror & { source: object } => ({
  source: {
    bucket: bucket('data'),
    endpointUrl: R2,
    region: 'auto',
    secret: secretsmanager.Secret.fromSecretCompleteArn(stack, `Secret${stack.node.children.length}`, SECRET),
  },
  destination: { bucket: bucket('data') },
});

/** What the functions are told, by the name of their Task. */
function sidesOf(template: Template): Map<string, unknown> {
  const functions = listResources<{ Environment: { Variables: Record<string, string> }; Description?: string }>(
    template,
    'AWS::Lambda::Function',
  );
  return new Map(
    functions.flatMap(([, { Description = '', Environment }]) => {
      const text = Environment?.Variables?.[ENVIRONMENT.sides];
      return text === undefined ? [] : [[Description.split(' ')[1] ?? '', parseSideSettings(text)]];
    }),
  );
}

describe('a source elsewhere, with its credentials in a secret', () => {
  const template = deploy(fromR2);

  it('is passed to each function that uses S3, by the ARN of the secret', () => {
    const source = { side: 'source', bucket: 'data', endpointUrl: R2, region: 'auto', secret: SECRET };

    expect(sidesOf(template)).toEqual(
      new Map(
        ['ValidateInput', 'CopyRange', 'AdvanceCopy', 'DeleteRange', 'AdvanceDelete', 'FinishRun'].map((task) => [
          task,
          [source],
        ]),
      ),
    );
  });

  it('may have a name that is taken on the other side, and has no owner that AWS would know', () => {
    const [mirror] = deployedMirrors(template);

    expect(mirror).toMatchObject({ source: 'data', destination: 'data' });
    expect(mirror).not.toHaveProperty('sourceOwner');
    expect(mirror).toHaveProperty('destinationOwner');
  });

  it('gives the secret to the functions that read there, and no rights on a bucket of that name in AWS', () => {
    const permissions = listPermissions(template);
    const reading = permissions.filter(({ action }) => action === 'secretsmanager:GetSecretValue');

    expect(reading.map(({ grantee }) => grantee).sort()).toEqual([
      'AdvanceCopy',
      'CopyRange',
      'DeleteRange',
      'ValidateInput',
    ]);
    expect(new Set(reading.map(({ resource }) => resource))).toEqual(new Set([SECRET]));
    expect(permissions.filter(({ action }) => action.startsWith('secretsmanager:'))).toEqual(reading);
    const onData = permissions.filter(
      ({ grantee, resource }) => grantee === 'AdvanceCopy' && resource.includes(':data'),
    );
    expect(onData.map(({ action }) => action).sort()).toEqual(['s3:AbortMultipartUpload', 's3:ListBucket']);
    expect(permissions.some(({ action }) => action === 's3:GetObjectTagging')).toBe(false);
  });

  it('matches the environment that a function reads', () => {
    const mirrors = JSON.stringify([{ source: 'data', destination: 'data' }]);
    process.env[ENVIRONMENT.sides] = JSON.stringify(sidesOf(template).get('ValidateInput'));
    const variables = {
      [ENVIRONMENT.reportLocation]: 's3://reports',
      [ENVIRONMENT.roundBudgetsMs]: '1',
      [ENVIRONMENT.mirrors]: mirrors,
    };

    expect(readEnvironment(variables).mirrors).toHaveLength(1);

    delete process.env[ENVIRONMENT.sides];
    expect(() => readEnvironment(variables)).toThrow('overlap');
  });
});

it('lets the functions decrypt a secret that is encrypted with a key, and use a secret whose full ARN is unknown', () => {
  const template = deploy((stack, bucket) => ({
    source: { bucket: bucket('data') },
    destination: {
      bucket: bucket('copy'),
      endpointUrl: R2,
      secret: secretsmanager.Secret.fromSecretAttributes(stack, 'Secret', {
        secretPartialArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:r2-keys',
        encryptionKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/k'),
      }),
    },
  }));

  const ofCopy = listPermissions(template).filter(({ grantee }) => grantee === 'CopyRange');
  expect(ofCopy).toContainEqual(
    expect.objectContaining({
      action: 'secretsmanager:GetSecretValue',
      resource: expect.stringMatching(/r2-keys-\?{6}$/),
    }),
  );
  expect(ofCopy).toContainEqual(
    expect.objectContaining({ action: 'kms:Decrypt', resource: expect.stringMatching(/key\/k$/) }),
  );
  expect(ofCopy.some(({ action }) => action === 's3:PutObject')).toBe(true); // reports
  expect(ofCopy.some(({ resource }) => resource.includes(':copy'))).toBe(false);
});

it('lets the functions assume a role for a side, in place of rights of their own', () => {
  const template = deploy((stack, bucket) => ({
    source: { bucket: bucket('data'), role: iam.Role.fromRoleArn(stack, 'Reader', ROLE) },
    destination: { bucket: bucket('copy') },
    schedules: [{ name: 'nightly', schedule: ScheduleExpression.rate(Duration.days(1)) }],
  }));
  const permissions = listPermissions(template);

  expect(
    permissions
      .filter(({ action }) => action === 'sts:AssumeRole')
      .map(({ grantee }) => grantee)
      .sort(),
  ).toEqual(['AdvanceCopy', 'CopyRange', 'DeleteRange', 'ValidateInput']);
  expect(permissions.some(({ resource }) => resource.includes(':data'))).toBe(false);
  expect(sidesOf(template).get('CopyRange')).toEqual([{ side: 'source', bucket: 'data', role: ROLE }]);
});

it('names no side in the environment if none is given', () => {
  expect(sidesOf(synthesize())).toEqual(new Map());
});

describe('what cannot be reached', () => {
  const secretOf = (stack: Stack) => secretsmanager.Secret.fromSecretCompleteArn(stack, 'S', SECRET);

  it.each<[what: string, place: (stack: Stack) => Partial<Place>, message: RegExp]>([
    [
      'an endpoint without credentials for it',
      () => ({ endpointUrl: R2 }),
      /Expected a `secret` with the credentials for/,
    ],
    [
      'an endpoint with a role',
      (stack) => ({ endpointUrl: R2, role: iam.Role.fromRoleArn(stack, 'R', ROLE) }),
      /that server does not know roles/,
    ],
    [
      'two kinds of credentials',
      (stack) => ({ secret: secretOf(stack), role: iam.Role.fromRoleArn(stack, 'R', ROLE) }),
      /either `secret` or `role`, got both/,
    ],
    ['an endpoint that is no URL', (stack) => ({ endpointUrl: 'r2', secret: secretOf(stack) }), /to be a URL/],
    ['a region that AWS tells', () => ({ region: 'auto' }), /no `region` without `endpointUrl`/],
    ['a style for AWS', () => ({ addressingStyle: 'virtual' }), /no `addressingStyle` without `endpointUrl`/],
    [
      'a style that there is not',
      (stack) => ({ endpointUrl: R2, secret: secretOf(stack), addressingStyle: 'host' }) as object,
      /`addressingStyle` to be path or virtual, got "host"/,
    ],
  ])('is rejected at synthesis: %s', (_what, placeOf, message) => {
    expect(() =>
      deploy((stack, bucket) => ({
        source: { bucket: bucket('data'), ...placeOf(stack) } as Place,
        destination: { bucket: bucket('copy') },
      })),
    ).toThrow(message);
  });

  it('is rejected at synthesis: one bucket by two ways', () => {
    expect(() =>
      deploy((stack, bucket) => [
        { ...fromR2(stack, bucket), destination: { bucket: bucket('one') } },
        { source: { bucket: bucket('data') }, destination: { bucket: bucket('two') } },
      ]),
    ).toThrow('one way to reach each bucket of a side');
  });

  it('is rejected at synthesis: folders of one bucket that overlap, whoever reads it', () => {
    expect(() =>
      deploy((stack, bucket) => ({
        source: { bucket: bucket('data'), role: iam.Role.fromRoleArn(stack, 'R', ROLE) },
        destination: { bucket: bucket('data') },
      })),
    ).toThrow('overlap');
  });
});

it('reads the settings of each side from the context as well', () => {
  const template = synthesize({
    ...{ source: 'data', destination: 'data', sourceEndpointUrl: R2, sourceRegion: 'auto', sourceSecret: SECRET },
    sourceAddressingStyle: 'virtual',
    destinationRole: ROLE,
  });

  expect(sidesOf(template).get('CopyRange')).toEqual([
    { side: 'source', bucket: 'data', endpointUrl: R2, region: 'auto', addressingStyle: 'virtual', secret: SECRET },
    { side: 'destination', bucket: 'data', role: ROLE },
  ]);
  expect(() => synthesize({ source: 'data', destination: 'copy', sourceSecret: 'r2-keys' })).toThrow(
    'Expected `sourceSecret` to be the complete ARN of a secret',
  );
});
