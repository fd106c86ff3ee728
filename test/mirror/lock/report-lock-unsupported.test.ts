import { randomUUID } from 'node:crypto';
import { openRunStore } from '../../../lambdas/host/run-store/open-run-store';
import type { RequestInfo } from '../../../local/s3';
import { contentsOf } from '../../support/contents';
import { useMirror } from '../../support/mirror';
import { createSmallPair, type Refusal, without, withoutQuotes } from '../../support/unconditional-s3';

const mirror = useMirror();
const createPair = () => createSmallPair(mirror);

describe('a lock in a report bucket of such an S3', () => {
  beforeAll(() => {
    mirror.s3.authorize = undefined; // roles are for AWS
  });
  afterAll(() => {
    mirror.s3.authorize = (request) => mirror.iam.authorize(request);
  });

  const useReports = () => mirror.s3.createBucket(`reports-${randomUUID().slice(0, 8)}`);
  const isConditional = ({ headers }: RequestInfo) => headers['if-none-match'] ?? headers['if-match'];
  const refusing = (request: RequestInfo): Refusal =>
    isConditional(request) ? { status: 501, code: 'NotImplemented' } : undefined;
  const isInReports = ({ bucket }: RequestInfo) => bucket.startsWith('reports-');

  it.each([
    ['If-None-Match', ['if-none-match']],
    ['If-Match', ['if-match']],
    ['both conditions', ['if-none-match', 'if-match']],
  ])('ends a run before it writes if the S3 ignores %s', async (_what, ignored) => {
    const { destination, input } = createPair();
    const reports = useReports();
    const runStore = openRunStore(`s3://${reports.name}`);
    const answer = without(...ignored);
    mirror.s3.onRequest = (request) => (request.key?.startsWith('locks/buckets/') ? answer(request) : undefined);

    const { error, phases } = await mirror.run({ ...input, lock: 'reports' }, { host: { runStore } });

    expect(error).toMatchObject({ name: 'LockUnsupportedError' });
    expect(error?.message).toContain(`s3://${reports.name}/`);
    expect(error?.message).toContain('--no-lock');
    expect(phases).toEqual([]);
    expect([...contentsOf(destination).keys()]).toEqual(['orphan']);
    const left = await runStore.get(`locks/buckets/${destination.name}.json`);
    expect(JSON.parse(left?.body.toString() ?? '{"holders":[]}')).toEqual({ holders: [] });
  });

  it.each([
    ['if-none-match', 400, 'InvalidArgument'],
    ['if-none-match', 400, 'InvalidRequest'],
    ['if-none-match', 405, 'MethodNotAllowed'],
    ['if-none-match', 501, 'NotImplemented'],
    ['if-match', 501, 'NotImplemented'],
  ])('ends a run before it writes if the S3 refuses %s with %d %s', async (header, status, code) => {
    const { destination, input } = createPair();
    const reports = useReports();
    const runStore = openRunStore(`s3://${reports.name}`);
    mirror.s3.onRequest = (request) => {
      return isInReports(request) && request.headers[header] ? { status, code } : undefined;
    };

    const { error, phases } = await mirror.run({ ...input, lock: 'reports' }, { host: { runStore } });

    expect(error).toMatchObject({ name: 'LockUnsupportedError', message: expect.stringContaining(code) });
    expect(error?.message).toContain(`s3://${reports.name}/`);
    expect(error?.message).toContain('--no-lock');
    expect(phases).toEqual([]);
    expect([...contentsOf(destination).keys()]).toEqual(['orphan']);
    expect(await runStore.list('locks/')).toEqual([]);
    expect(await mirror.run({ ...input, lock: 'none' }, { host: { runStore } })).toMatchObject({ status: 'succeeded' });
  });

  it('is not needed if the lock is at the destination: the report is written, and never replaced', async () => {
    const reports = useReports();
    for (const answer of [without('if-none-match', 'if-match'), refusing]) {
      const { input } = createPair();
      const runStore = openRunStore(`s3://${reports.name}`);
      mirror.s3.onRequest = (request) => (isInReports(request) ? answer(request) : undefined);

      const { status, runId } = await mirror.run({ ...input, maxDeletes: 1 }, { host: { runStore } });

      const summary = `runs/${runId}/summary.json`;
      expect(status).toBe('succeeded');
      expect(await runStore.putIfAbsent(summary, 'of another')).toBe(false);
      expect(await bodyOf(reports, summary)).toContain(runId);
    }
  });

  it('does not let a second attempt of a range spend the quota of deletes again', async () => {
    const { destination, input } = createPair();
    destination.put('orphan 2', 'x');
    const reports = useReports();
    // what is tested is a delete loop that walks the destination after the plan
    const runStore = Object.assign(openRunStore(`s3://${reports.name}`), { keepsNothing: true });
    const answer = without('if-none-match', 'if-match');
    mirror.s3.onRequest = (request) => (isInReports(request) ? answer(request) : undefined);
    let attempts = 0;

    const { totals } = await mirror.run(
      { ...input, maxDeletes: 1 },
      {
        host: { runStore },
        around: async (task, _input, invoke) => {
          const result = await invoke();
          if (task !== 'DeleteRange' || attempts++ > 0) return result;
          throw Object.assign(new Error('lost'), { name: 'Lambda.Unknown' });
        },
      },
    );

    expect(attempts).toBeGreaterThan(1);
    expect(totals.deleted).toBe(0);
    expect([...contentsOf(destination).keys()]).toHaveLength(2); // one of two orphans, and the copy
  });

  it('is taken and given back', async () => {
    const { destination, input } = createPair();
    const reports = useReports();
    const answer = withoutQuotes();
    mirror.s3.onRequest = (request) => (isInReports(request) ? answer(request) : undefined);

    for (let run = 0; run < 2; run++) {
      const host = { runStore: openRunStore(`s3://${reports.name}`) };
      expect(await mirror.run({ ...input, lock: 'reports' }, { host })).toMatchObject({ status: 'succeeded' });
    }

    const locks = [...reports.index.after('')].map(({ key }) => key).filter((key) => key.startsWith('locks/buckets/'));
    expect(locks).toEqual([`locks/buckets/${destination.name}.json`]);
    expect(JSON.parse(`${await bodyOf(reports, locks[0] ?? '')}`)).toEqual({ holders: [] });
  });

  it.each([
    [400, 'InvalidArgument'],
    [403, 'AccessDenied'],
    [501, 'NotImplemented'],
  ])('is given back if the S3 answers If-Match in deletes with %d %s', async (status, code) => {
    const { destination, input } = createPair();
    const reports = useReports();
    mirror.s3.onRequest = (request) =>
      isInReports(request) && request.operation === 'DeleteObject' && request.headers['if-match']
        ? { status, code }
        : undefined;

    for (let run = 0; run < 2; run++) {
      const host = { runStore: openRunStore(`s3://${reports.name}`) };
      expect(await mirror.run({ ...input, lock: 'reports' }, { host })).toMatchObject({ status: 'succeeded' });
    }

    expect(JSON.parse(`${await bodyOf(reports, `locks/buckets/${destination.name}.json`)}`)).toEqual({ holders: [] });
  });

  it.each<[what: string, ofBare: (request: RequestInfo) => void]>([
    ['heeds ETags without quotes', () => {}],
    ['takes an ETag without quotes for no condition', ({ headers }) => delete headers['if-match']],
  ])('is never written over or deleted in another version than was read, if the S3 %s', async (_what, ofBare) => {
    const reports = useReports();
    const store = openRunStore(`s3://${reports.name}`);
    mirror.s3.onRequest = withoutQuotes(ofBare);
    await store.putIfAbsent('locks/buckets/a.json', 'of another run');

    const stale = '"00000000000000000000000000000001"';
    expect(await store.replace('locks/buckets/a.json', 'ours', stale)).toBe(false);
    expect(await store.deleteVersion('locks/buckets/a.json', stale)).toBe('unsafe');
    expect([...reports.index.after('')].map(({ key }) => key)).toEqual(['locks/buckets/a.json']);
    expect(await bodyOf(reports, 'locks/buckets/a.json')).toBe('of another run');
  });

  async function bodyOf({ name }: { readonly name: string }, key: string): Promise<string | undefined> {
    return (await openRunStore(`s3://${name}`).get(key))?.body.toString();
  }
});
