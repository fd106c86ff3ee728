import type { RunSummary } from '../../statemachine/contract';
import { compareStates, fillBucket, readBucket } from '../e2e/buckets';
import { runCommand } from '../e2e/command-line';
import { type Server, startServer } from '../e2e/servers';
import { connect } from '../support/s3-client';
import { temporaryFolder } from '../support/temporary-folder';
import { type Contract, testContract } from './contract';
import { expectedOf, type Found } from './expected';
import { isInstalled, OTHER_SERVERS } from './kinds';
import { type Filled, fillWithAll, listAll } from './objects';

jest.setTimeout(900_000);

const wanted = process.env.SERVERS?.split(' ').filter(Boolean) ?? [];
const chosen = OTHER_SERVERS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const missing = chosen.filter((kind) => !isInstalled(kind));
const ORPHANS = Array.from({ length: 30 }, (_, index) => ({ key: `orphans/${index} +%41`, content: 'orphan' }));

if (missing.length > 0) {
  describe.each(missing.map(({ name }) => name))('the server %s', (name) => {
    it.todo(`is not here, so it was not tried: see docs/servers.md for how to get ${name}`);
  });
}

if (chosen.length > missing.length) {
  describe.each(chosen.filter(isInstalled))('the server $name', (kind) => {
    const reports = temporaryFolder();
    let server: Server;
    let filled: Filled;
    let contract: Contract | undefined;
    let lock: 'destination' | 'reports' = 'destination';

    beforeAll(async () => {
      server = await startServer(kind);
      // The end-to-end suite holds the others against it.
      if (!kind.isHeldToContract && !process.env.NO_CONTRACT) contract = await testContract(server);
      const s3 = connect(server.endpoint, kind.secret);
      filled = await fillWithAll(s3, 'every-source');
      const outdated = ['small', 'headers', 'metadata'].map((key) => ({ key, content: 'outdated!' }));
      await fillBucket(s3, 'every-destination', '', [...outdated, ...ORPHANS]);
    });

    afterAll(async () => {
      await server?.stop();
    });

    async function bucketsync(command: 'plan' | 'run', ...options: string[]): Promise<RunSummary> {
      const urls = ['s3://every-source', 's3://every-destination', '--endpoint-url', server.endpoint];
      const more = [
        '--json',
        '--report-location',
        reports,
        ...(lock === 'reports' ? ['--lock', 'reports'] : []),
        ...options,
      ];
      const env = { ...server.env, AWS_ENDPOINT_URL: undefined };
      const { stdout, stderr } = await runCommand(
        'npm',
        ['run', '-s', 'bucketsync', '--', command, ...urls, ...more],
        env,
      );
      try {
        return JSON.parse(stdout) as RunSummary;
      } catch {
        throw new Error(`Expected a summary, got ${stdout}${stderr}`);
      }
    }

    async function mirror(): Promise<RunSummary> {
      const first = await bucketsync('run', '--verify');
      if (first.error?.name !== 'LockUnsupportedError') return first;
      lock = 'reports';
      return bucketsync('run', '--verify');
    }

    it('is mirrored as far as is known, and keeps as much of the S3 contract', async () => {
      const s3 = connect(server.endpoint, kind.secret);
      const keys = filled.objects.map(({ key }) => key);
      const plan = await bucketsync('plan');
      const first = await mirror();
      const left = (await listAll(s3, 'every-destination')).filter((key) => !key.startsWith('.bucketsync/'));
      const read = (bucket: string) => readBucket(s3, bucket, '', (key) => keys.includes(key));
      const [source, destination] = [await read('every-source'), await read('every-destination')];
      const later: Record<string, number | string> = {};
      for (const compare of ['auto', 'etag', 'metadata', 'checksum']) {
        const { totals, error } = await bucketsync('run', '--compare', compare);
        later[compare] = error ? error.name : totals.copied + totals.deleted;
      }

      const found: Found = {
        plan: plan.error?.name ?? (isExact(plan, keys.length) ? 'exact' : JSON.stringify(plan.totals)),
        run: first.error ? `${first.error.name}: ${first.error.message}` : 'succeeded',
        orphansLeft: left.filter((key) => !keys.includes(key)).length,
        differs: compareStates(keys, source, destination).map((line) =>
          JSON.parse(line.split(': expected')[0] as string),
        ),
        later,
      };
      print({
        [kind.name]: { ...filled, objects: keys.length, lock, lacks: first.lacks?.map(({ name }) => name), contract },
      });
      expect(found).toEqual(expectedOf(kind.name));
    });
  });
}

function isExact({ totals }: RunSummary, copies: number): boolean {
  return totals.copied === copies && totals.deleted === ORPHANS.length;
}

/** For the tables of docs/servers.md. */
function print(found: object): void {
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
}
