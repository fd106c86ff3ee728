import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listCrossAccountPolicies } from '../../permissions/cross-account';

const page = readFileSync(join(__dirname, '../../docs/cross-account.md'), 'utf8');

it('shows the policies as they are built', () => {
  const shown = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => JSON.parse(json));
  const policies = listCrossAccountPolicies({
    source: {
      bucket: 'their-data',
      prefix: '',
      account: '111111111111',
      region: 'eu-central-1',
      keyArn: 'arn:aws:kms:eu-central-1:111111111111:key/1a2b3c4d-1a2b-3c4d-5e6f-1a2b3c4d5e6f',
    },
    destination: {
      bucket: 'our-copy',
      prefix: '',
      account: '222222222222',
      region: 'us-east-1',
      keyArn: 'arn:aws:kms:us-east-1:222222222222:key/9a8b7c6d-9a8b-7c6d-5e4f-9a8b7c6d5e4f',
    },
    account: '333333333333',
    stackName: 'BucketSync',
  });

  expect(shown).toEqual(policies.map(({ document }) => document));
});
