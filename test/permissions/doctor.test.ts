import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type S3Server, startS3 } from '../../local/s3';
import { runCliHere } from '../cli/in-process';
import { findGrants } from './evaluate';
import type { Permission } from './role-permissions';
import { listNeeds } from './s3-needs';

const ROOT = join(__dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/doctor.md'), 'utf8');

interface Statement {
  readonly Action: string | string[];
  readonly Resource: string | string[];
}

/** What reads for the doctor. */
function sources(): string[] {
  const files = globSync(['local/doctor/**/*.ts', 'cli/deployed/{read-*,stack-reader}.ts'], { cwd: ROOT });
  return files.map((file) => readFileSync(join(ROOT, file), 'utf8'));
}

const listOf = (value: string | string[]) => (typeof value === 'string' ? [value] : value);

/** The policy that the documentation shows. */
const SHOWN: readonly Statement[] = JSON.parse(/```json\n(.*?)```/s.exec(PAGE)?.[1] ?? '').Statement;
const PERMISSIONS = SHOWN.flatMap(({ Action, Resource }) =>
  listOf(Resource).flatMap((resource) =>
    listOf(Action).map((action): Permission => {
      return { grantee: 'Doctor', action, resource } as Permission;
    }),
  ),
);
const OF_S3 = PERMISSIONS.filter(({ action }) => action.startsWith('s3:'));

let s3: S3Server;
const used = new Set<Permission>();
beforeAll(async () => {
  s3 = await startS3();
  s3.createBucket('my-staging').put('index.html', 'hello');
  s3.createBucket('my-production', { versioning: 'Enabled' });
  s3.createBucket('my-report-bucket');
});
afterAll(() => s3.close());

/** Lets the server answer only what these permissions allow. */
function allow(permissions: readonly Permission[]): void {
  s3.authorize = async (request) => {
    for (const { action, bucket, key, context } of await listNeeds(s3, request)) {
      const resource = `arn:aws:s3:::${bucket}${key === undefined ? '' : `/${key}`}`;
      const grants = await findGrants(permissions, { action, resource, ...(context && { context }) });
      if (grants.length === 0) return false;
      for (const grant of grants) used.add(grant);
    }
    return true;
  };
}

async function examine(): Promise<{ check: string; state: string; says: string }[]> {
  const places = ['s3://my-staging', 's3://my-production', '--report-location', 's3://my-report-bucket'];
  const { stdout } = await runCliHere(s3, ['doctor', ...places, '--json']);
  return JSON.parse(stdout).findings;
}

const BY_CHOICE = ['source.owner', 'destination.owner'];

describe('the policy of the documentation', () => {
  it('lets the doctor see all of two buckets, and has no S3 permission that is not needed', async () => {
    allow(OF_S3);
    const findings = await examine();

    const unchecked = findings.filter(({ state, check }) => state === 'unchecked' && !BY_CHOICE.includes(check));
    expect(unchecked).toEqual([]);
    expect(findings.filter(({ state }) => state === 'failure')).toEqual([]);
    // records are asked for only if there is a lock
    expect(OF_S3.filter((permission) => !used.has(permission)).map(({ resource }) => resource)).toEqual([]);
  });

  it.each(OF_S3.map((permission) => [permission.action, permission.resource, permission] as const))(
    'makes a line unchecked or failed without %s on %s',
    async (_action, _resource, missing) => {
      allow(OF_S3.filter((permission) => permission !== missing));
      const findings = await examine();

      const others = findings.filter(({ check }) => !BY_CHOICE.includes(check));
      expect(others.map(({ state }) => state)).toEqual(
        expect.arrayContaining([expect.stringMatching(/unchecked|failure/)]),
      );
    },
  );

  it('is enough, because every command that the doctor imports only reads', () => {
    const commands = sources().flatMap((text) =>
      [...text.matchAll(/\b(?:\w+Command|paginate\w+)\b/g)].map(([name]) => name),
    );

    expect(new Set(commands).size).toBeGreaterThan(20);
    expect(commands.filter((name) => !/^(paginate)?(Get|Head|List|Describe)[A-Z]/.test(name))).toEqual([]);
  });

  it('has each action that the doctor says it asks for, and no other', () => {
    const text = sources().join('\n');
    const service = 's3|kms|cloudfront|cloudformation|states|lambda|scheduler|sqs|sns|cloudwatch';
    const asked = [...text.matchAll(new RegExp(`ask\\(\\s*'((?:${service}):[^']+)'`, 'g'))].flatMap(
      ([, actions = '']) => actions.split(' and '),
    );
    // of a run that was stopped, the summary comes from its history
    const beside = ['states:GetExecutionHistory'];

    const shown = PERMISSIONS.map(({ action }) => action);
    expect([...new Set(shown)].toSorted()).toEqual([...new Set([...asked, ...beside])].toSorted());
  });
});
