import { readFileSync } from 'node:fs';
import { renderSummary } from '../../../cli/output/summary';
import { formatAcl } from '../../../wording/format-acl';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { MIB, putInParts } from '../../support/put-in-parts';

const mirror = useMemoryMirror();

const OWNER = 'bucket-owner-full-control';
/** What a bucket policy does that denies s3:PutObject unless s3:x-amz-acl is the one. */
const DEMANDING = { demands: { 'x-amz-acl': OWNER } };

function createPair(destination: object) {
  const pair = mirror.createPair({ destination });
  pair.source.put('small', 'x', { lastModified: past });
  putInParts(pair.source, 'large', [65 * MIB, 65 * MIB], { lastModified: past });
  pair.destination.put('orphan', 'x');
  return pair;
}

/** ACLs by operation, with the lock's. */
function recordAcls(): Map<string, Set<string | undefined>> {
  mirror.overlooksLock = false;
  mirror.overlooksProbes = false;
  const sent = new Map<string, Set<string | undefined>>();
  mirror.s3.onRequest = ({ operation, headers }) => {
    if (!/^(PutObject|CopyObject|CreateMultipartUpload)$/.test(operation)) return undefined;
    sent.set(operation, (sent.get(operation) ?? new Set()).add(headers['x-amz-acl']));
    return undefined;
  };
  return sent;
}

const WRITES = ['CopyObject', 'CreateMultipartUpload', 'PutObject'];

it.each([
  ['auto', { ...DEMANDING, ownership: 'ObjectWriter' }],
  ['auto', DEMANDING],
  [OWNER, DEMANDING],
  [OWNER, {}],
])('with `acl` %j, mirrors into %j', async (acl, destination) => {
  const pair = createPair(destination);
  recordAcls();

  const summary = await mirror.run({ ...pair.input, acl });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2, deleted: 1, failed: 0 } });
});

it('sends the ACL with everything that it writes if it is asked to', async () => {
  const { input } = createPair({});
  const sent = recordAcls();

  await mirror.run({ ...input, acl: OWNER });

  expect([...sent.keys()].sort()).toEqual(WRITES);
  for (const acls of sent.values()) expect([...acls]).toEqual([OWNER]);
});

it('sends no ACL if it is told so, although the bucket uses ACLs', async () => {
  const { input } = createPair({ ownership: 'ObjectWriter' });
  const sent = recordAcls();

  const summary = await mirror.run({ ...input, acl: 'none' });

  expect(summary.status).toBe('succeeded');
  for (const acls of sent.values()) expect([...acls]).toEqual([undefined]);
});

it('is rejected if a policy demands the ACL that it is told not to send', async () => {
  const { destination, input } = createPair(DEMANDING);

  expect((await mirror.run({ ...input, acl: 'none' })).error?.name).toBe('AccessDeniedError');
  expect(destination.index.size).toBe(1);
});

it('says that copies have no ACL only if the run may not find out whether the bucket uses ACLs', async () => {
  const denied = createPair({ deny: ['s3:GetBucketOwnershipControls'] });
  const open = createPair({});
  const note = 'Copies have no ACL: these credentials may not find out whether';

  const summary = await mirror.run(denied.input);
  const others = [
    await mirror.run(open.input),
    await mirror.run({ ...denied.input, acl: 'none' }),
    await mirror.run({ ...denied.input, acl: OWNER }),
    await mirror.run({ ...denied.input, dryRun: true }),
  ];

  expect(summary).toMatchObject({ status: 'succeeded', aclsUnknown: true });
  expect(renderSummary(summary, process.stdout)).toContain(note);
  expect(readFileSync(`${summary.report}report.html`, 'utf8')).toContain(note);
  for (const other of others) expect(formatAcl(other)).toBeUndefined();
});

it('advises no ACL if an ACL does not help', async () => {
  const { input } = createPair({ deny: ['s3:PutObject'] });
  const sent = recordAcls();

  const { error } = await mirror.run(input);

  expect(error?.name).toBe('AccessDeniedError');
  expect(error?.message).not.toContain('s3:PutObjectAcl');
  expect(sent.has('CopyObject')).toBe(false);
});

it('tries copies with the encryption that a policy demands', async () => {
  const { input } = createPair({ demands: { 'x-amz-server-side-encryption': 'AES256' } });

  expect(await mirror.run({ ...input, sse: 'AES256' })).toMatchObject({ status: 'succeeded', totals: { copied: 2 } });
});
