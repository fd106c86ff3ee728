import { type S3Server, startS3 } from '../../local/s3';
import { ENVIRONMENT } from '../../statemachine/contract';
import { past } from '../support/mirror';
import { MIB, putInParts } from '../support/put-in-parts';
import { expectEqual, useTwoWorlds } from '../support/two-worlds';
import { synthesizeRolesElsewhere } from './synthesize-roles';
import { asTask } from './task-context';
import { TaskIam } from './task-iam';

const worlds = useTwoWorlds();
let home: S3Server;
let iam: TaskIam;

beforeAll(async () => {
  home = await startS3();
  home.createBucket('reports', {
    encryption: { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/customer' },
  });
  iam = new TaskIam(home, synthesizeRolesElsewhere());
  home.authorize = (request) => iam.authorize(request);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: home.endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    [ENVIRONMENT.reportLocation]: 's3://reports',
  });
});
afterAll(() => home.close());

const run = (input: Parameters<typeof worlds.run>[0]) =>
  worlds.run(input, {
    host: { trustsListings: false },
    around: (task, invoke, taskInput) => asTask(task, taskInput, invoke, input as never),
  });

it('the roles of a mirror between two other S3s allow all that its functions ask of the reports', async () => {
  const { source, destination, input } = worlds.createPair();
  source.put('a', 'content', { lastModified: past, tags: [['team', 'blue']] });
  putInParts(source, 'large', [5 * MIB, MIB], { lastModified: past });
  destination.put('orphan', 'x');

  const first = await run(input);
  const second = await run({ ...input, compare: 'metadata' });

  expect(iam.denials).toEqual([]);
  expect(first).toMatchObject({ status: 'succeeded', totals: { copied: 2, deleted: 1 } });
  expect(second).toMatchObject({ status: 'succeeded', totals: { copied: 0, deleted: 0 } });
  expectEqual(source, destination);
});

it('the roles allow a run to record what a server lacks, and the next run to use that', async () => {
  const { source, destination, input } = worlds.createPair();
  source.put('a', 'content', { lastModified: past });
  putInParts(source, 'large', [5 * MIB, MIB], { lastModified: past });
  worlds.here.onRequest = ({ key = '', headers }) => {
    const isChecksum = Object.keys(headers).some((name) => name.startsWith('x-amz-checksum-'));
    return isChecksum && ['a', 'large'].includes(key) ? { status: 501, code: 'NotImplemented' } : undefined;
  };

  const first = await run(input);
  const second = await run(input);

  expect(iam.denials).toEqual([]);
  expect(first).toMatchObject({ status: 'succeeded', totals: { copied: 2 } });
  expect(second).toMatchObject({ status: 'succeeded', totals: { copied: 0 } });
  expectEqual(source, destination);
});
