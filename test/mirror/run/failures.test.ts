import { contentsOf } from '../../support/contents';
import { past, useMirror } from '../../support/mirror';
import { reportLines } from '../../support/report-lines';

const mirror = useMirror();

function createPair(keys: readonly string[] = ['a', 'b', 'c', 'd']) {
  const pair = mirror.createPair();
  for (const key of keys) pair.source.put(key, `content of ${key}`, { lastModified: past });
  return pair;
}

it('copies all others if one object is denied, says which and why, and finishes once it is allowed', async () => {
  const { destination, input } = createPair();
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'CopyObject' && key === 'b' ? { status: 403, code: 'AccessDenied', message: 'No.' } : undefined;

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({
    status: 'failed',
    error: { name: 'SyncIncompleteError', keys: ['b'] },
    totals: { listed: 4, copied: 3, failed: 1 },
  });
  expect(reportLines(summary, 'failures')).toEqual([
    expect.objectContaining({
      action: 'copy',
      key: 'b',
      reason: 'access-denied',
      error: expect.stringMatching(/^AccessDenied: No\. \(HTTP 403, request \w+\)$/),
    }),
  ]);
  expect([...contentsOf(destination).keys()]).toEqual(['a', 'c', 'd']);

  mirror.s3.onRequest = undefined;
  const again = await mirror.run(input);
  expect(again).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
});

it('treats a 200 that carries an error as a failure', async () => {
  const { input } = createPair(['a']);
  mirror.s3.onRequest = ({ operation }) =>
    operation === 'CopyObject' ? { status: 200, code: 'InternalError', message: 'Try again.' } : undefined;

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'failed', totals: { copied: 0, failed: 1 } });
});

it('says of a dry run that nothing was written, even if some objects could not have been copied', async () => {
  const { source, input } = mirror.createPair();
  source.put('archived', 'x', { storageClass: 'DEEP_ARCHIVE', lastModified: past });

  const { error } = await mirror.run({ ...input, dryRun: true });

  expect(error?.message).toMatch(/^1 object would not be copied; nothing was written\./);
});

it('reports an archived object without asking for it, and copies a restored one', async () => {
  const { source, destination, input } = createPair([]);
  source.put('archived', 'x', { storageClass: 'DEEP_ARCHIVE', lastModified: past });
  const restore = { ongoing: false, expires: new Date('2099-01-01T00:00:00Z') };
  source.put('restored', 'x', { storageClass: 'GLACIER', lastModified: past, restore });
  mirror.s3.requests.reset();

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ totals: { copied: 1, failed: 1 }, error: { keys: ['archived'] } });
  expect(reportLines(summary, 'failures')[0]).toMatchObject({ key: 'archived', reason: 'archived' });
  expect(mirror.s3.requests.of('CopyObject')).toBe(1);
  expect(destination.get('restored')?.storageClass).toBe('GLACIER');
});

it('skips what is gone since it was listed', async () => {
  const { source, input } = createPair();
  mirror.s3.onRequest = ({ operation, key }) => {
    if (operation === 'CopyObject' && key === 'c') source.remove('c');
    return undefined;
  };

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 3, skipped: 1, failed: 0 } });
  expect(reportLines(summary, 'actions')).toContainEqual(
    expect.objectContaining({ action: 'skip', key: 'c', reason: 'gone' }),
  );
});

it('copies the version that is there now if the object changed since it was listed', async () => {
  const { source, destination, input } = createPair();
  let changes = 0;
  mirror.s3.onRequest = ({ operation, key }) => {
    if (operation === 'CopyObject' && key === 'c' && changes++ === 0) source.put('c', 'changed meanwhile');
    return undefined;
  };

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 4 } });
  expect(contentsOf(destination)).toEqual(contentsOf(source));
  const line = reportLines(summary, 'actions').find(({ key }) => key === 'c');
  expect(line).toMatchObject({ eTag: source.get('c')?.eTag, sizeBytes: 'changed meanwhile'.length });
});

it('reports an object that changes faster than it can be copied', async () => {
  const { source, destination, input } = createPair(['a']);
  let changes = 0;
  mirror.s3.onRequest = ({ operation }) => {
    if (operation === 'CopyObject') source.put('a', `change ${++changes}`);
    return undefined;
  };

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'failed', error: { keys: ['a'] } });
  expect(reportLines(summary, 'failures')[0]).toMatchObject({ key: 'a', reason: 'changed' });
  expect(destination.get('a')).toBeUndefined();
});

it.each([true, false])(
  'with `conditional` %j, overwrites what somebody else wrote meanwhile: only if false',
  async (conditional) => {
    const { destination, input } = createPair(['a', 'b']);
    destination.put('b', 'outdated', { lastModified: new Date('2025-01-01T00:00:00Z') });
    mirror.s3.onRequest = ({ operation, key }) => {
      if (operation === 'CopyObject' && key) destination.put(key, `somebody's ${key}`);
      return undefined;
    };

    const summary = await mirror.run({ ...input, conditional });

    const contents = [...contentsOf(destination).values()].join();
    expect(contents.includes('somebody')).toBe(conditional);
    expect(summary.totals).toMatchObject(conditional ? { copied: 0, failed: 2 } : { copied: 2, failed: 0 });
  },
);

it('with `conditional`, deletes only the version that it listed', async () => {
  const { destination, input } = createPair(['a']);
  for (const orphan of ['x', 'y']) destination.put(orphan, 'old', { lastModified: past });
  mirror.s3.onRequest = ({ operation }) => {
    if (operation === 'DeleteObjects') destination.put('y', 'new');
    return undefined;
  };

  const summary = await mirror.run({ ...input, conditional: true });

  expect([...contentsOf(destination).keys()]).toEqual(['a', 'y']);
  expect(summary).toMatchObject({ totals: { deleted: 1, failed: 1 }, error: { keys: ['y'] } });
});

it.each([
  ['together with others', 'x'],
  ['alone', 'x\u0001'],
])(
  'with `conditional`, does not count an object that somebody else deleted first as its own delete: %s',
  async (_how, gone) => {
    const { destination, input } = createPair(['a']);
    for (const orphan of [gone, 'y']) destination.put(orphan, 'old', { lastModified: past });
    mirror.s3.onRequest = ({ operation, key }) => {
      if (operation === 'DeleteObjects' || (operation === 'DeleteObject' && key === gone)) destination.remove(gone);
      return undefined;
    };

    const summary = await mirror.run({ ...input, conditional: true });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 1, skipped: 1, failed: 0 } });
    const lines = reportLines(summary, 'actions').filter(({ key }) => key !== 'a');
    expect(lines.map(({ action, key, reason }) => `${action} ${key} ${reason}`).sort()).toEqual([
      'delete y orphan',
      `skip ${gone} gone`,
    ]);
  },
);

it('with `conditional`, counts a delete whose answer was lost as its own', async () => {
  const { destination, input } = createPair(['a']);
  for (const orphan of ['x', 'y']) destination.put(orphan, 'old', { lastModified: past });
  let lost = 0;
  mirror.s3.onRequest = ({ operation }) =>
    operation === 'DeleteObjects' && lost++ === 0 ? { after: { status: 500, code: 'InternalError' } } : undefined;

  const summary = await mirror.run({ ...input, conditional: true });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 2, skipped: 0, failed: 0 } });
  expect(reportLines(summary, 'actions').filter(({ action }) => action === 'delete')).toHaveLength(2);
});

it('reports each key of a DeleteObjects request that failed as a whole', async () => {
  const { destination, input } = createPair(['a']);
  for (const orphan of ['x', 'y']) destination.put(orphan, 'old');
  mirror.s3.onRequest = ({ operation }) =>
    operation === 'DeleteObjects' ? { status: 403, code: 'AccessDenied' } : undefined;

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({
    totals: { copied: 1, deleted: 0, failed: 2 },
    error: { name: 'SyncIncompleteError' },
  });
  expect(reportLines(summary, 'failures').map(({ key, reason }) => `${key} ${reason}`)).toEqual([
    'x access-denied',
    'y access-denied',
  ]);
});

it('names ten keys of many, and has all of them in the report', async () => {
  const { input } = createPair(Array.from({ length: 30 }, (_, index) => `k${index}`));
  mirror.s3.onRequest = ({ operation }) =>
    operation === 'CopyObject' ? { status: 403, code: 'AccessDenied' } : undefined;

  const summary = await mirror.run(input);

  expect(summary.error?.keys).toHaveLength(10);
  expect(reportLines(summary, 'failures')).toHaveLength(30);
});

it.each([
  [false, 'AES256', 'AES256'],
  [true, 'AES256', 'AES256'],
  [false, 'AES256', 'aws:kms'],
  [true, 'AES256', 'aws:kms'],
  [false, 'aws:kms', 'AES256'],
  [true, 'aws:kms', 'aws:kms'],
] as const)(
  'with `conditional`, recognises a copy whose answer was lost, over another object: %j, from %s to %s',
  async (replaces, from, to) => {
    // Given
    const { source, destination, input } = mirror.createPair();
    source.encryption = { algorithm: from };
    destination.encryption = { algorithm: to };
    source.put('a', 'new', { lastModified: past });
    if (replaces) destination.put('a', 'another');
    let requests = 0;
    mirror.s3.onRequest = ({ operation }) => {
      const isFirst = operation === 'CopyObject' && requests++ === 0;
      return isFirst ? { after: { status: 500, code: 'InternalError' } } : undefined;
    };

    // When
    const summary = await mirror.run({ ...input, conditional: true });

    // Then
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, failed: 0 } });
    expect(requests).toBe(2);
  },
);

it("with `conditional`, distinguishes another writer's object from a copy whose answer was lost, even if a key encrypts it", async () => {
  const { source, destination, input } = mirror.createPair();
  destination.encryption = { algorithm: 'aws:kms' };
  source.put('a', 'our', { lastModified: past });
  let requests = 0;
  mirror.s3.onRequest = ({ operation }) => {
    if (operation === 'CopyObject' && requests++ === 0) destination.put('a', 'his');
    return undefined;
  };

  const summary = await mirror.run({ ...input, conditional: true });

  expect(summary).toMatchObject({ status: 'failed', totals: { copied: 0, failed: 1 } });
  expect(reportLines(summary, 'failures')[0]).toMatchObject({ key: 'a', reason: 'changed' });
});

describe('if S3 answers a copy with "no such object"', () => {
  function createPair(times: number) {
    const { source, destination, input } = mirror.createPair();
    for (const key of ['a', 'b', 'c']) source.put(key, 'x', { lastModified: past });
    let said = 0;
    mirror.s3.onRequest = ({ operation, key }) =>
      operation === 'CopyObject' && key === 'b' && said++ < times ? { status: 404, code: 'NoSuchKey' } : undefined;
    return { source, destination, input };
  }

  it('copies it at the second attempt if HeadObject finds it', async () => {
    const { source, destination, input } = createPair(1);

    expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 3, skipped: 0 } });
    expect(contentsOf(destination)).toEqual(contentsOf(source));
  });

  it('reports it as failed if S3 goes on contradicting itself', async () => {
    const { input } = createPair(Number.POSITIVE_INFINITY);

    const summary = await mirror.run(input);

    expect(summary).toMatchObject({ error: { name: 'SyncIncompleteError', keys: ['b'] }, totals: { copied: 2 } });
    expect(reportLines(summary, 'failures')[0]).toMatchObject({ key: 'b', reason: 'contradictory' });
  });
});
