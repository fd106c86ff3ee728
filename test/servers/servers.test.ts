import type { S3Client } from '@aws-sdk/client-s3';
import type { RunSummary } from '../../statemachine/contract';
import { fillBucket } from '../e2e/buckets';
import type { Server } from '../e2e/servers';
import { connect } from '../support/s3-client';
import { temporaryFolder } from '../support/temporary-folder';
import { runBucketsync } from './bucketsync';
import { chosen, installed, options } from './chosen';
import { recordContract, recordedContract, testContract } from './contract';
import { expectedOf, type Found, inOrder } from './expected';
import { type Filled, fillWithAll, listAll } from './objects';
import { startOther } from './server';
import { compareStates, readStates } from './states';

const OUTDATED = ['small', 'headers', 'metadata'].map((name) => `kinds/${name}`);
const ORPHANS = Array.from({ length: 30 }, (_, index) => ({ key: `orphans/${index + 10} +%41`, content: 'orphan' }));

for (const { name, why } of chosen.filter(({ state }) => state === 'skipped')) {
  it.todo(`the server ${name} is not tried: ${why}`);
}

for (const { name, why } of chosen.filter(({ state }) => state === 'failed')) {
  it(`the server ${name} can be installed`, () => {
    throw new Error(why);
  });
}

describe.each(installed())('the server $name', (kind) => {
  const reports = temporaryFolder();
  let server: Server;
  let s3: S3Client;
  let filled: Filled;
  let lock: 'destination' | 'reports' = 'destination';

  beforeAll(async () => {
    server = await startOther(kind);
    s3 = connect(server.endpoint, kind.secret);
  });

  afterAll(async () => {
    await server?.stop();
  });

  // The end-to-end suite holds the others against it.
  if (kind.installation.by !== 'end-to-end' && !kind.withoutContract && !options.includes('--no-contract')) {
    it('keeps as much of the S3 contract as is recorded', async () => {
      const { passed, failed } = await testContract(server);
      if (options.includes('--record')) recordContract(kind.name, failed);

      expect(passed).toBeGreaterThan(0);
      expect(Object.keys(failed)).toEqual(Object.keys(recordedContract(kind.name)));
    });
  }

  it('is mirrored as far as is known', async () => {
    filled = await fillWithAll(s3, 'every-source', kind.refusedKeys);
    const outdated = filled.objects.filter(({ key }) => OUTDATED.includes(key));
    await fillBucket(s3, 'every-destination', '', [
      ...outdated.map(({ key }) => ({ key, content: 'outdated!' })),
      ...ORPHANS,
    ]);
    const keys = filled.objects.map(({ key }) => key);
    const plan = await bucketsync('plan');
    const first = await mirror();
    const left = (await listAll(s3, 'every-destination')).filter((key) => !key.startsWith('.bucketsync/'));
    const read = (bucket: string) => readStates(s3, bucket, keys, filled.keepsTags);
    const differs = compareStates(await read('every-source'), await read('every-destination'));
    const later: Record<string, number | string> = {};
    for (const compare of ['auto', 'etag', 'metadata', 'checksum']) {
      const { totals, error } = await bucketsync('run', '--compare', compare);
      later[compare] = error ? error.name : totals.copied + totals.deleted;
    }

    const found: Found = {
      refused: inOrder(filled.refused),
      outOfOrder: filled.outOfOrder,
      lock,
      lacks: (first.lacks ?? []).map(({ name }) => name).sort(),
      plan: plan.error?.name ?? (isExact(plan, keys.length) ? 'exact' : JSON.stringify(plan.totals)),
      run: first.error ? `${first.error.name}: ${first.error.message}` : 'succeeded',
      orphansLeft: left.filter((key) => !keys.includes(key)).length,
      differs,
      later,
    };
    if (options.includes('--record')) process.stdout.write(`${JSON.stringify({ [kind.name]: found }, null, 2)}\n`);
    expect(found).toEqual(expectedOf(kind.name));
  });

  async function bucketsync(command: 'plan' | 'run', ...more: string[]): Promise<RunSummary> {
    const urls = ['s3://every-source', 's3://every-destination', '--endpoint-url', server.endpoint];
    const where = ['--report-location', reports, ...(lock === 'reports' ? ['--lock', 'reports'] : [])];
    return runBucketsync([command, ...urls, ...where, ...more], { ...server.env, AWS_ENDPOINT_URL: undefined });
  }

  async function mirror(): Promise<RunSummary> {
    const first = await bucketsync('run', '--verify');
    if (first.error?.name !== 'LockUnsupportedError') return first;
    lock = 'reports';
    return bucketsync('run', '--verify');
  }
});

function isExact({ totals }: RunSummary, copies: number): boolean {
  return totals.copied === copies && totals.deleted === ORPHANS.length;
}
