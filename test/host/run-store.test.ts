import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { listAll, type RunStore } from '../../lambdas/engine/ports/run-store';
import { findSummary } from '../../lambdas/engine/report/find-summary';
import { openRunStore } from '../../lambdas/host/run-store/open-run-store';
import type { Fault, RequestHook } from '../../local/s3';
import { EmptyPages } from '../support/empty-pages';
import { QuickFolderStore } from '../support/memory/quick-folder-store';
import { useMirror } from '../support/mirror';
import { temporaryFolder } from '../support/temporary-folder';

const mirror = useMirror();
beforeAll(() => {
  mirror.s3.createBucket('a-report-bucket');
  mirror.s3.createBucket('versioned-reports', { versioning: 'Enabled' });
});

const [folder, quickFolder] = [temporaryFolder(), temporaryFolder()];

describe.each<[where: string, store: RunStore, path: string]>([
  ['a folder', openRunStore(pathToFileURL(folder).href), `${folder}/runs/1/summary.json`],
  ['a folder of a run in memory', new QuickFolderStore(quickFolder), `${quickFolder}/runs/1/summary.json`],
  ['a bucket', openRunStore('s3://a-report-bucket'), 's3://a-report-bucket/runs/1/summary.json'],
  ['a versioned bucket', openRunStore('s3://versioned-reports'), 's3://versioned-reports/runs/1/summary.json'],
])('a run store in %s', (_where, store, path) => {
  it('says where a name is', () => {
    expect(store.locate('runs/1/summary.json')).toBe(path);
  });

  it('returns what was put, and nothing if nothing was put', async () => {
    await store.put('runs/1/summary.json', 'old');
    await store.put('runs/1/summary.json', Buffer.from('new'));
    expect((await store.get('runs/1/summary.json'))?.body.toString()).toBe('new');
    expect(await store.get('runs/2/summary.json')).toBeUndefined();
  });

  it('stores more than the 2 MiB above which the SDK asks S3 first', async () => {
    const body = Buffer.alloc(3 * 1024 * 1024, 'x');
    await store.put('runs/1/actions/large.jsonl.gz', body);
    expect((await store.get('runs/1/actions/large.jsonl.gz'))?.body.equals(body)).toBe(true);
  });

  it('writes only if nothing is there', async () => {
    expect(await store.putIfAbsent('locks/a.json', 'first')).toBe(true);
    expect(await store.putIfAbsent('locks/a.json', 'second')).toBe(false);
    expect((await store.get('locks/a.json'))?.body.toString()).toBe('first');
  });

  it('writes bytes if nothing is there, even if something was there before', async () => {
    const [first, second] = [Buffer.from([0, 255, 10]), Buffer.from([1, 254])];
    expect(await store.putIfAbsent('runs/5/actions/a-0.jsonl.gz', first)).toBe(true);
    expect(await store.putIfAbsent('runs/5/actions/a-0.jsonl.gz', second)).toBe(false);
    expect((await store.get('runs/5/actions/a-0.jsonl.gz'))?.body).toEqual(first);
    await store.delete('runs/5/actions/a-0.jsonl.gz');
    expect(await store.get('runs/5/actions/a-0.jsonl.gz')).toBeUndefined();
    expect(await store.putIfAbsent('runs/5/actions/a-0.jsonl.gz', second)).toBe(true);
  });

  it('replaces only the version that was read', async () => {
    await store.put('locks/b.json', 'first');
    const version = (await store.get('locks/b.json'))?.version ?? '';
    expect(await store.replace('locks/b.json', 'second', version)).toBe(true);
    expect(await store.replace('locks/b.json', 'third', version)).toBe(false);
    expect(await store.replace('locks/none.json', 'x', version)).toBe(false);
    expect((await store.get('locks/b.json'))?.body.toString()).toBe('second');
  });

  it('lets one of many replace a version', async () => {
    await store.put('locks/c.json', 'dead');
    const version = (await store.get('locks/c.json'))?.version ?? '';
    const takers = Array.from({ length: 8 }, (_, taker) => store.replace('locks/c.json', `taker ${taker}`, version));
    expect((await Promise.all(takers)).filter(Boolean)).toHaveLength(1);
  });

  it('deletes only the version that was read, and lets one of many do it', async () => {
    await store.put('locks/e.json', 'first');
    const first = (await store.get('locks/e.json'))?.version ?? '';
    await store.put('locks/e.json', 'second');
    expect(await store.deleteVersion('locks/e.json', first)).toBe(false);
    const second = (await store.get('locks/e.json'))?.version ?? '';
    const all = await Promise.all(Array.from({ length: 4 }, () => store.deleteVersion('locks/e.json', second)));
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(await store.get('locks/e.json')).toBeUndefined();
    expect(await store.deleteVersion('locks/e.json', second)).toBe(false);
  });

  it('lists what is below a folder, in order', async () => {
    for (const name of ['b', 'c', 'a']) await store.put(`runs/3/failures/${name}`, 'x');
    expect(await store.list('runs/3/failures/')).toEqual(['a', 'b', 'c'].map((name) => `runs/3/failures/${name}`));
    expect(await store.list('runs/4/failures/')).toEqual([]);
  });

  it('deletes, and accepts that nothing is there', async () => {
    await store.put('locks/d.json', 'x');
    await store.delete('locks/d.json');
    await store.delete('locks/d.json');
    expect(await store.get('locks/d.json')).toBeUndefined();
  });
});

it.each<[request: string, ask: (store: RunStore) => Promise<unknown>]>([
  ['put', (store) => store.put('locks/a.json', 'x')],
  ['put if nothing is there', (store) => store.putIfAbsent('locks/a.json', 'x')],
  ['get', (store) => store.get('locks/a.json')],
  ['list', (store) => store.list('runs/1/failures/')],
])('names the bucket that does not exist: %s', async (_request, ask) => {
  await expect(ask(openRunStore('s3://no-such-reports'))).rejects.toMatchObject({
    name: 'ReportLocationError',
    message: expect.stringMatching(
      /^Could not use s3:\/\/no-such-reports for reports and locks: The specified bucket does not exist \(HTTP 404, request \w+\)\. Name another folder, or s3:\/\/bucket, with --report-location/,
    ),
  });
});

describe('a run store in a folder, on a machine that others use,', () => {
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

  it.each([0o000, 0o022])('is for its owner alone under the umask %i', async (umask) => {
    const before = process.umask(umask);
    try {
      const reports = join(temporaryFolder(), 'new');
      const store = openRunStore(pathToFileURL(reports).href);
      await store.put('runs/1/summary.json', 'x');
      await store.putIfAbsent('locks/a/b.json', 'x');

      const files = ['runs/1/summary.json', 'locks/a/b.json'].map((name) => modeOf(join(reports, name)));
      const folders = ['', 'runs', 'runs/1', 'locks', 'locks/a'].map((name) => modeOf(join(reports, name)));
      expect({ files, folders }).toEqual({ files: ['600', '600'], folders: ['700', '700', '700', '700', '700'] });
    } finally {
      process.umask(before);
    }
  });

  it('closes what an earlier version left open, but not the folder that holds it', async () => {
    const reports = temporaryFolder();
    for (const name of ['', 'runs', 'runs/old']) {
      mkdirSync(join(reports, name), { recursive: true });
      chmodSync(join(reports, name), 0o755);
    }

    await openRunStore(pathToFileURL(reports).href).put('runs/new/summary.json', 'x');

    expect(['', 'runs', 'runs/new'].map((name) => modeOf(join(reports, name)))).toEqual(['755', '700', '700']);
  });
});

describe('a run store in a bucket that has to belong to an account', () => {
  const OWNER = '111111111111';
  const operations: Record<string, (store: RunStore) => Promise<unknown>> = {
    put: (store) => store.put('runs/1/a', 'x'),
    get: (store) => store.get('runs/1/a'),
    putIfAbsent: (store) => store.putIfAbsent('runs/1/b', 'x'),
    replace: async (store) => store.replace('runs/1/a', 'y', (await store.get('runs/1/a'))?.version ?? ''),
    list: (store) => store.list('runs/'),
    deleteVersion: async (store) => store.deleteVersion('runs/1/a', (await store.get('runs/1/a'))?.version ?? ''),
    delete: (store) => store.delete('runs/1/b'),
  };
  beforeAll(() => {
    mirror.s3.createBucket('owned-reports', { ownerId: OWNER });
    mirror.s3.createBucket('their-reports', { ownerId: '222222222222' }).put('runs/1/a', 'theirs');
  });

  it.each(Object.entries(operations))('names it in %s', async (_name, operation) => {
    const owners: unknown[] = [];
    mirror.s3.onRequest = ({ headers }) => {
      owners.push(headers['x-amz-expected-bucket-owner']);
      return undefined;
    };

    await operation(openRunStore('s3://owned-reports', OWNER));

    expect(owners.length).toBeGreaterThan(0);
    expect(owners.filter((owner) => owner !== OWNER)).toEqual([]);
  });

  it.each(Object.entries(operations))(
    'rejects %s if somebody else owns the bucket by now',
    async (_name, operation) => {
      await expect(operation(openRunStore('s3://their-reports', OWNER))).rejects.toThrow(
        'Could not use s3://their-reports for reports and locks',
      );
    },
  );
});

describe('a run store in a bucket whose list answers are not to be trusted', () => {
  const store = openRunStore('s3://a-report-bucket');
  const names = ['runs/8/a', 'runs/8/b'];
  beforeAll(() => Promise.all(names.map((name) => store.put(name, ''))));

  const answering = (failures: number, page: string): RequestHook => {
    let left = failures;
    return ({ operation }) => (operation === 'ListObjectsV2' && left-- > 0 ? { status: 200, page } : undefined);
  };

  it.each([
    ['the page of a proxy', '<html><body>Log in</body></html>'],
    ['nothing', ''],
    ['a list of buckets', '<ListAllMyBucketsResult></ListAllMyBucketsResult>'],
  ])('takes %s for no empty list', async (_what, page) => {
    mirror.s3.onRequest = answering(2, page);
    expect(await listAll(store, 'runs/8/')).toEqual(names);

    mirror.s3.onRequest = answering(Number.POSITIVE_INFINITY, page);
    await expect(listAll(store, 'runs/8/')).rejects.toThrow(
      'Expected s3://a-report-bucket to list what begins with "runs/8/", got an answer that is no list page',
    );
  });

  it('goes on behind empty pages, as S3 sends them for many delete markers', async () => {
    const pages = new EmptyPages('a-report-bucket', 5);
    mirror.s3.onRequest = pages.onRequest;

    expect(await listAll(store, 'runs/8/')).toEqual(names);
    expect(pages.sent).toBe(5);
  });

  it('goes on for ever behind none', async () => {
    const onRequest = new EmptyPages('a-report-bucket', 1).onRequest;
    mirror.s3.onRequest = (request) => {
      request.query.delete('continuation-token');
      return onRequest(request);
    };

    await expect(listAll(store, 'runs/8/')).rejects.toMatchObject({ name: 'ListingError' });
  });
});

describe('a run store in a bucket of which something else answers for S3', () => {
  const store = openRunStore('s3://a-report-bucket');
  const name = 'runs/10/summary.json';
  beforeAll(() => store.put(name, '{"runId":"10"}'));

  const faults: Record<string, Fault> = {
    'the page of a proxy': { status: 200, page: '<html><body>Log in</body></html>' },
    nothing: { status: 200, page: '' },
    'a page with an ETag': {
      alter: (answer) => ({ ...answer, headers: { ...answer.headers, 'content-type': 'text/html; charset=utf-8' } }),
    },
    'an answer without an ETag': {
      alter: ({ headers: { etag: _, ...headers } = {}, ...answer }) => ({ ...answer, headers }),
    },
  };
  const answering = (operation: string, fault: Fault | undefined, failures: number): RequestHook => {
    let left = failures;
    return (request) => (request.operation === operation && left-- > 0 ? fault : undefined);
  };

  it.each(Object.entries(faults))('reads again behind %s', async (_what, fault) => {
    mirror.s3.onRequest = answering('GetObject', fault, 2);
    expect((await store.get(name))?.body.toString()).toBe('{"runId":"10"}');
  });

  it.each(Object.entries(faults))('takes %s for no file', async (_what, fault) => {
    mirror.s3.onRequest = answering('GetObject', fault, Number.POSITIVE_INFINITY);
    await expect(store.get(name)).rejects.toThrow(
      /^Could not use s3:\/\/a-report-bucket for reports and locks: Expected the object runs\/10\/summary.json from S3, got \d+ bytes/,
    );
  });

  it('takes a file that was cut off for no file', async () => {
    mirror.s3.onRequest = answering(
      'GetObject',
      { rewrite: (body) => ({ cut: body.slice(0, 5) }) },
      Number.POSITIVE_INFINITY,
    );
    await expect(store.get(name)).rejects.toThrow('Could not use s3://a-report-bucket for reports and locks');
  });

  it('takes no page for the answer to a write', async () => {
    mirror.s3.onRequest = answering('PutObject', faults['the page of a proxy'], Number.POSITIVE_INFINITY);
    await expect(store.put('runs/11/summary.json', '{}')).rejects.toThrow(
      'under which ETag it keeps the object runs/11/summary.json',
    );
    await expect(store.putIfAbsent('runs/11/summary.json', '{}')).rejects.toThrow('under which ETag');
    await expect(store.replace('runs/11/summary.json', '{}', '"x"')).rejects.toThrow('under which ETag');
    expect(await store.get('runs/11/summary.json')).toBeUndefined();
  });

  it('waits for S3 as it waits for a server that is away', async () => {
    let pauses = 0;
    const wait = async () => ++pauses;
    const patient = openRunStore('s3://a-report-bucket', undefined, { leftMs: () => 60_000, wait });
    mirror.s3.onRequest = answering('GetObject', faults.nothing, 7);
    expect((await patient.get(name))?.body.toString()).toBe('{"runId":"10"}');
    expect(pauses).toBe(2);
  });
});

it.each([
  ['where a page begins', 's3://a-report-bucket', { 'start-after': undefined }],
  ['what names begin with', 's3://a-report-bucket', { prefix: undefined }],
])(
  'ends with an error if an S3 does not heed %s: the same page would come for ever',
  async (_what, location, ignored) => {
    const store = openRunStore(location);
    for (const name of ['runs/0/x', 'runs/9/a', 'runs/9/b']) await store.put(name, '');
    mirror.s3.onRequest = ({ operation, query }) => {
      for (const name of operation === 'ListObjectsV2' ? Object.keys(ignored) : []) query.delete(name);
      return undefined;
    };

    await expect(listAll(store, 'runs/9/')).rejects.toMatchObject({ name: 'ReportLocationError' });
    await expect(findSummary('9', store)).rejects.toMatchObject({ name: 'ReportLocationError' });
  },
);
