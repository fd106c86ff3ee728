import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { S3Probes } from '../../lambdas/s3/buckets/s3-probes';
import { assumeRole, makeRole, type Statement } from '../assume-role';
import type { Assumption, Stage } from '../assumption';
import type { Lab, Pair } from '../lab';
import { outcome, statusOf } from '../outcome';

const DENIED = '403 AccessDenied';
const IAM = 'AWS: Actions, resources, and condition keys for Amazon S3; bucketsync: probe-permissions.ts';

/** Both sides, as seen by a caller who lacks a right. */
interface Restricted extends Pair {
  readonly client: S3Client;
  readonly sides: { readonly bucket: string; readonly destination: string };
}

function roleOf(lab: Lab): Promise<string> {
  return lab.shared('role', () => makeRole(lab));
}

async function restricted(lab: Lab, denied: readonly Statement[]): Promise<Restricted> {
  await lab.shared('objects', async () => {
    await lab.put('source', 'plain', 'content');
    await lab.put('source', 'tagged', 'content', { Tagging: 'team=blue' });
    await lab.put('destination', 'old', 'content');
  });
  const client = lab.clientWith(await assumeRole(lab, await roleOf(lab), denied));
  const [bucket, destination] = [await lab.bucket('source'), await lab.bucket('destination')];
  return { ...(await lab.pair(undefined, undefined, { client })), client, sides: { bucket, destination } };
}

async function copy({ destination }: Pair, lab: Lab, key: string): Promise<string> {
  const { eTag } = await (await lab.pair()).source.headObject(key);
  return outcome(destination.copyObject({ key, sourceETag: eTag, storageClass: 'STANDARD', tags: 'copy' }));
}

async function newUpload(lab: Lab): Promise<string> {
  const { destination } = await lab.pair();
  return destination.uploads.create({
    key: 'upload',
    attributes: { metadata: {} },
    tags: [],
    storageClass: 'STANDARD',
  });
}

function deny(action: string): Statement {
  return { Effect: 'Deny', Action: action, Resource: '*' };
}

async function deleteOld({ destination }: Pair): Promise<string> {
  const [failure] = await destination.deleteObjects([{ key: 'old' }]);
  return failure ? (failure.error.message.split(':')[0] ?? '') : 'deleted';
}

type Case = readonly [
  denied: Statement,
  expected: string | undefined,
  says: string,
  observe: (restricted: Restricted, lab: Lab) => Promise<string>,
];

const CASES: readonly Case[] = [
  [deny('s3:GetObject'), DENIED, 'A copy without s3:GetObject is denied', (pair, lab) => copy(pair, lab, 'plain')],
  [
    deny('s3:GetObject'),
    '403',
    'A HEAD without s3:GetObject is a 403 without a code',
    ({ source }) => statusOf(source.headObject('plain')),
  ],
  [deny('s3:PutObject'), DENIED, 'A copy without s3:PutObject is denied', (pair, lab) => copy(pair, lab, 'plain')],
  [
    deny('s3:GetObjectTagging'),
    DENIED,
    'A copy of an object with tags without s3:GetObjectTagging is denied',
    (pair, lab) => copy(pair, lab, 'tagged'),
  ],
  [
    deny('s3:PutObjectTagging'),
    DENIED,
    'A copy of an object with tags without s3:PutObjectTagging is denied',
    (pair, lab) => copy(pair, lab, 'tagged'),
  ],
  [
    deny('s3:ListBucket'),
    DENIED,
    'A list without s3:ListBucket is denied',
    ({ source }) => outcome(source.listPage({})),
  ],
  [
    deny('s3:ListBucket'),
    '403',
    'A HEAD of a bucket without s3:ListBucket is a 403',
    ({ client, sides }) => statusOf(client.send(new HeadBucketCommand({ Bucket: sides.bucket }))),
  ],
  [
    deny('s3:ListBucket'),
    '403',
    'Without s3:ListBucket a key that is not there looks denied',
    ({ source }) => statusOf(source.headObject('not-there')),
  ],
  [deny('s3:DeleteObject'), 'AccessDenied', 'A batch of deletes without s3:DeleteObject fails key by key', deleteOld],
  [
    deny('s3:DeleteObject'),
    DENIED,
    'A delete of nothing tells that s3:DeleteObject is missing',
    ({ client, sides }) => {
      const side = { client, prefix: '', owner: undefined };
      const [source, destination] = [
        { ...side, bucket: sides.bucket },
        { ...side, bucket: sides.destination },
      ];
      return outcome(new S3Probes({ source, destination }).deleteNothing('not-there'));
    },
  ],
  [
    deny('s3:AbortMultipartUpload'),
    DENIED,
    'An upload cannot be given up without s3:AbortMultipartUpload',
    async ({ destination }, lab) => outcome(destination.uploads.abort('upload', await newUpload(lab))),
  ],
  [
    deny('s3:ListMultipartUploadParts'),
    DENIED,
    'Parts cannot be listed without s3:ListMultipartUploadParts',
    async ({ destination }, lab) => outcome(destination.uploads.listParts('upload', await newUpload(lab))),
  ],
  [
    { ...deny('s3:DeleteObject'), Condition: { Null: { 's3:if-match': 'true' } } },
    undefined,
    'What a bucket that enforces conditional deletes says of deletes without a condition',
    deleteOld,
  ],
];

const cases: Assumption[] = CASES.map(([denied, expected, says, observe], index) => ({
  id: `F${index + 2}`,
  says,
  source: IAM,
  ...(expected !== undefined && { expected }),
  observe: async (lab) => observe(await restricted(lab, [denied]), lab),
}));

export const denials: Stage = {
  id: 'F',
  title: 'which right is missed how (makes one role)',
  needs: ['B'],
  options: ['iam'],
  estimate: { requests: 150, usd: 0.001 },
  assumptions: [
    {
      id: 'F1',
      says: 'A role can be made and assumed, and may copy',
      source: 'AWS: AssumeRole, session policies',
      expected: 'ok',
      essential: true,
      observe: async (lab) => copy(await restricted(lab, []), lab, 'plain'),
    },
    ...cases,
  ],
};
