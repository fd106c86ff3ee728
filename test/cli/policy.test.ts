import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { CrossAccountPolicy } from '../../permissions/cross-account';
import { readRoles } from '../permissions/roles';
import { runCliHere } from './in-process';

const [DATA, BACKUP] = ['111111111111', '222222222222'];
const KEY = `arn:aws:kms:eu-central-1:${DATA}:key/1234`;
const policy = (...args: string[]) =>
  runCliHere(undefined, ['policy', 's3://the-source', 's3://the-destination/copy', ...args]);
const accounts = ['--source-account', DATA ?? '', '--destination-account', BACKUP ?? ''];

it('prints what the other account has to paste, and where', async () => {
  const { exitCode, stdout, stderr } = await policy(...accounts, '--source-key', KEY);

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain(`# In account ${DATA}: add these statements to the policy of the bucket the-source\n`);
  expect(stdout).toContain(`# In account ${DATA}: add these statements to the policy of the key ${KEY}\n`);
  expect(stdout).toContain('"kms:ViaService": "s3.eu-central-1.amazonaws.com"');
  expect(stdout).not.toContain(`In account ${BACKUP}`);
});

it('treats the name of a folder literally', async () => {
  const { stdout } = await runCliHere(undefined, ['policy', 's3://the-source/a*?', 's3://copy', ...accounts, '--json']);

  expect(stdout).toMatch(/"arn:aws:s3:::the-source\/a\$\{\*\}\$\{\?\}\/\*"/);
});

it('prints the ownership setting of a destination in another account', async () => {
  const { stdout } = await policy(...accounts, '--account', DATA ?? '', '--json');

  expect(JSON.parse(stdout)).toMatchObject({
    account: DATA,
    policies: [{ kind: 'bucket', side: 'destination', account: BACKUP }],
    ownership: [{ bucket: 'the-destination', account: BACKUP }],
  });
});

it.each([
  ['not if the destination uses no ACLs', [], false],
  ['if it does', ['--acls'], true],
])('lets roles set ACLs in another account: %s', async (_when, more, lets) => {
  const { stdout } = await policy(...accounts, '--account', DATA ?? '', ...more);

  expect(stdout.includes('"s3:PutObjectAcl"')).toBe(lets);
  // Ownership controls would turn them off.
  expect(stdout.includes('put-bucket-ownership-controls')).toBe(!lets);
});

it('says that there is nothing to paste within one account', async () => {
  const { exitCode, stdout } = await policy('--source-account', DATA ?? '', '--destination-account', DATA ?? '');

  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^Nothing to paste: /) });
});

it.each([
  ['an account', ['--source-account', '12', '--destination-account', BACKUP ?? ''], 'Expected --source-account to be'],
  ['a key', [...accounts, '--source-key', 'alias/key'], 'Expected --source-key to be the ARN of a KMS key'],
  ['a missing option', [], "required option '--source-account <id>' not specified"],
])('rejects %s that is not valid', async (_what, args, message) => {
  const { exitCode, stdout, stderr } = await policy(...args);

  expect(stderr).toContain(message);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
});

describe('with the printed policy of the bucket', () => {
  const actions = [...new Set(readRoles().CopyRange.filter(({ resource }) => resource.includes('the-source')))];
  let printed: CrossAccountPolicy[];
  beforeAll(async () => {
    printed = JSON.parse((await policy(...accounts, '--restores', '--json')).stdout).policies;
  });

  /** A request of a role in the account of the destination, to the bucket in the other one. */
  async function isAllowed(action: string, resource: string, resourcePolicy: unknown, role: string): Promise<boolean> {
    const Statement = [{ Effect: 'Allow', Action: action, Resource: resource }];
    const answer = await runSimulation(
      {
        request: {
          principal: `arn:aws:sts::${BACKUP}:assumed-role/${role}/session`,
          action,
          resource: { resource, accountId: DATA ?? '' },
          contextVariables: { 'aws:PrincipalArn': `arn:aws:iam::${BACKUP}:role/${role}` },
        },
        identityPolicies: [{ name: 'role', policy: { Version: '2012-10-17', Statement } }],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy,
      },
      {},
    );
    return answer.resultType !== 'error' && answer.overallResult === 'Allowed';
  }

  it.each(actions.filter(({ action }) => action.startsWith('s3:')))(
    'another account lets the role use $action, and lets no other role',
    async ({ action, resource }) => {
      const target = resource.replace('*', 'key');

      expect(await isAllowed(action, target, printed[0]?.document, 'BucketSync-CopyRange')).toBe(true);
      expect(await isAllowed(action, target, printed[0]?.document, 'Another-Role')).toBe(false);
      expect(await isAllowed(action, target, undefined, 'BucketSync-CopyRange')).toBe(false);
    },
  );
});
