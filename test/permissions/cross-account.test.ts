import { type CrossAccountRequest, listCrossAccountPolicies } from '../../permissions/cross-account';

const [DATA, BACKUP, TOOLS] = ['111111111111', '222222222222', '333333333333'];
const SOURCE_KEY = `arn:aws:kms:eu-central-1:${DATA}:key/source`;
const DESTINATION_KEY = `arn:aws:kms:us-east-1:${BACKUP}:key/destination`;

const request = {
  source: { bucket: 'data', prefix: '', account: DATA, region: 'eu-central-1', keyArn: SOURCE_KEY },
  destination: { bucket: 'backup', prefix: 'data/', account: BACKUP, region: 'us-east-1', keyArn: DESTINATION_KEY },
  account: BACKUP,
  stackName: 'Backup',
} satisfies CrossAccountRequest;

function listStatements(given: CrossAccountRequest) {
  return listCrossAccountPolicies(given).flatMap(({ document }) => document.Statement);
}

it('asks the owner of the source only for the permissions on the source, and asks nothing within its own account', () => {
  const allow = {
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::222222222222:root' },
    Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::222222222222:role/Backup-*' } },
  };

  expect(listCrossAccountPolicies(request)).toEqual([
    {
      kind: 'bucket',
      side: 'source',
      resource: 'data',
      account: DATA,
      document: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'BucketsyncList',
            ...allow,
            Action: expect.arrayContaining(['s3:ListBucket']),
            Resource: 'arn:aws:s3:::data',
          },
          {
            Sid: 'BucketsyncRead',
            ...allow,
            Action: expect.arrayContaining(['s3:GetObject', 's3:GetObjectTagging']),
            Resource: 'arn:aws:s3:::data/*',
          },
        ],
      },
    },
    {
      kind: 'key',
      side: 'source',
      resource: SOURCE_KEY,
      account: DATA,
      document: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'BucketsyncDecrypt',
            ...allow,
            Action: ['kms:Decrypt'],
            Resource: '*',
            Condition: {
              ...allow.Condition,
              StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' },
            },
          },
        ],
      },
    },
  ]);
});

it('asks both owners if it runs in a third account', () => {
  const policies = listCrossAccountPolicies({ ...request, account: TOOLS });

  expect(policies.map(({ kind, side, account }) => [kind, side, account])).toEqual([
    ['bucket', 'source', DATA],
    ['key', 'source', DATA],
    ['bucket', 'destination', BACKUP],
    ['key', 'destination', BACKUP],
  ]);
});

it('needs no policy if everything is in one account', () => {
  const local = { ...request.source, account: BACKUP, keyArn: DESTINATION_KEY };

  expect(listCrossAccountPolicies({ ...request, source: local })).toEqual([]);
});

it('never lets a source be written', () => {
  const actions = listStatements(request).flatMap(({ Action }) => Action);

  expect(actions.filter((action) => !/^(s3:(Get|List)|kms:Decrypt$)/.test(action))).toEqual([]);
});

it('lets a folder of the destination be written, and nothing beside it but the lock', () => {
  const writes = listStatements({ ...request, account: TOOLS }).filter(({ Action }) => Action.includes('s3:PutObject'));

  expect(writes.map(({ Resource }) => Resource)).toEqual([
    'arn:aws:s3:::backup/data/*',
    'arn:aws:s3:::backup/.bucketsync/*',
  ]);
  expect(writes[0]?.Action).toEqual(expect.arrayContaining(['s3:DeleteObject', 's3:AbortMultipartUpload']));
});

it.each([
  ['Mirror', 'role/Mirror-*'],
  ['a-stack-with-a-rather-long-name', 'role/a-stack-with-a-rathe*'],
])('knows the roles of the stack %s by %s', (stackName, pattern) => {
  const patterns = listStatements({ ...request, stackName }).map(
    ({ Condition }) => Condition.ArnLike?.['aws:PrincipalArn'],
  );

  expect(new Set(patterns)).toEqual(new Set([`arn:aws:iam::222222222222:${pattern}`]));
});

it('uses the other partitions', () => {
  const text = JSON.stringify(listStatements({ ...request, partition: 'aws-cn' }));

  expect(text).toContain('arn:aws-cn:s3:::data');
  expect(text).toContain('s3.eu-central-1.amazonaws.com.cn');
  expect(text).not.toContain('arn:aws:');
});
