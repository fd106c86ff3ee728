import type { Stage } from '../assumption';
import { outcome, outcomes } from '../outcome';
import { copyInParts, copyOf, filled, headers, roundTrip, SIGNING } from './b-copies';
import { ODD_NAMES, oddKey } from './odd-keys';

const KEYS = 'AWS: Naming Amazon S3 objects';

export const wire: Stage = {
  id: 'B',
  title: 'what the mirror sends',
  needs: ['A'],
  estimate: { requests: 400, usd: 0.003 },
  assumptions: [
    {
      id: 'B1',
      says: 'The mirror copies an object',
      source: 'AWS: CopyObject',
      expected: 'ok',
      essential: true,
      async observe(lab) {
        await lab.put('source', 'plain', 'plain');
        return outcome(copyOf(await lab.pair(), 'plain'));
      },
    },
    {
      id: 'B2',
      says: 'Every odd key can be copied',
      source: KEYS,
      expected: 'all',
      observe: async (lab) => {
        const pair = await filled(lab);
        return outcomes(ODD_NAMES, String, (name) => outcome(copyOf(pair, oddKey(name))));
      },
    },
    {
      id: 'B3',
      says: 'The copy of every odd key is the object of that key',
      source: KEYS,
      expected: 'all',
      async observe(lab) {
        const { source, destination } = await filled(lab);
        return outcomes(ODD_NAMES, String, async (name) => {
          const [original, copy] = [await source.headObject(oddKey(name)), await destination.headObject(oddKey(name))];
          return original.eTag === copy.eTag ? 'ok' : `ETag ${copy.eTag} instead of ${original.eTag}`;
        });
      },
    },
    {
      id: 'B4',
      says: 'The tags of every odd key can be read',
      source: 'AWS: GetObjectTagging',
      expected: 'all',
      async observe(lab) {
        const { source } = await filled(lab);
        return outcomes(ODD_NAMES, String, (name) => outcome(source.readTags(oddKey(name))));
      },
    },
    {
      id: 'B5',
      says: 'Every odd key can be copied in parts',
      source: 'AWS: UploadPartCopy, CompleteMultipartUpload',
      expected: 'all',
      async observe(lab) {
        const { source } = await filled(lab);
        const { destination } = await lab.pair(undefined, { role: 'in-parts', prefix: '' });
        const copy = (name: string) => copyInParts({ source, destination }, oddKey(name), { metadata: {} });
        return outcomes(ODD_NAMES, String, (name) => outcome(copy(name)));
      },
    },
    {
      id: 'B6',
      says: 'Every odd key can be listed',
      source: 'AWS: ListObjectsV2, encoding-type',
      expected: 'all',
      async observe(lab) {
        const { source } = await filled(lab);
        const { objects } = await source.listPage({});
        const listed = new Set(objects.map(({ key }) => key));
        return outcomes(ODD_NAMES, String, async (name) => (listed.has(oddKey(name)) ? 'ok' : 'not listed'));
      },
    },
    {
      id: 'B7',
      says: 'Every odd key can be deleted, in a batch where XML can carry it and alone where it cannot',
      source: 'AWS: DeleteObjects, with a CRC32 in place of Content-MD5',
      expected: 'all',
      async observe(lab) {
        const { destination } = await filled(lab);
        const failures = await destination.deleteObjects(ODD_NAMES.map((name) => ({ key: oddKey(name) })));
        const left = new Set((await destination.listPage({})).objects.map(({ key }) => key));
        return outcomes(ODD_NAMES, String, async (name) => {
          const failure = failures.find(({ key }) => key === oddKey(name));
          if (failure) return failure.error.message;
          return left.has(oddKey(name)) ? 'still there' : 'ok';
        });
      },
    },
    {
      id: 'B8',
      says: 'Tags with every kind of character that a tag may have are set by CreateMultipartUpload',
      source: 'AWS: Object tagging, x-amz-tagging',
      expected: 'a b+/:=@_.-=ü 1',
      async observe(lab) {
        const { source } = await filled(lab);
        const { destination } = await lab.pair(undefined, { role: 'destination', prefix: 'tagged/' });
        await copyInParts({ source, destination }, 'with space', { metadata: {} }, [
          { name: 'a b+/:=@_.-', value: 'ü 1' },
        ]);
        const tags = await destination.readTags('with space');
        return tags.map(({ name, value }) => `${name}=${value}`).join(', ');
      },
    },
    ...headers,
    {
      id: 'B18',
      says: 'Metadata in the form of RFC 2047 comes back in that form',
      source: 'AWS: Working with object metadata',
      expected: '"=?UTF-8?B?w7w=?="',
      async observe(lab) {
        const value = '=?UTF-8?B?w7w=?=';
        return JSON.stringify(JSON.parse(await roundTrip(lab, 'metadata', { note: value })).note);
      },
    },
    {
      id: 'B19',
      says: 'The bucket may have dots in its name',
      source: 'AWS: Bucket naming rules; a virtual host would not fit the certificate',
      expected: 'ok',
      async observe(lab) {
        await lab.put('dotted.source', 'key', 'content');
        return outcome(copyOf(await lab.pair({ role: 'dotted.source', prefix: '' }), 'key'));
      },
    },
    {
      id: 'B20',
      says: 'A copy that leaves the tags behind has none',
      source: 'AWS: CopyObject, x-amz-tagging-directive',
      expected: 'none',
      async observe(lab) {
        await lab.put('source', 'tagged', 'content', { Tagging: 'team=blue' });
        const { source, destination } = await lab.pair();
        const { eTag } = await source.headObject('tagged');
        const request = { key: 'tagged', sourceETag: eTag, storageClass: 'STANDARD' };
        await destination.copyObject({ ...request, tags: 'ignore' });
        const tags = await destination.readTags('tagged');
        return tags.length === 0 ? 'none' : `${tags.length}`;
      },
    },
    {
      id: 'B21',
      says: 'Credentials with a session token are signed with it',
      source: SIGNING,
      async observe(lab) {
        const { sessionToken } = await lab.client.config.credentials();
        return sessionToken === undefined ? 'no session token in this run' : 'all of the above, with a session token';
      },
    },
    {
      id: 'B22',
      says: 'Metadata with a tab and with several spaces is signed as S3 signs it, and kept as it is',
      source: `${SIGNING}: sequential spaces become one; of tabs it says nothing, and AWS's own SDKs differ`,
      expected: '"a\\tb  c"',
      async observe(lab) {
        return JSON.stringify(JSON.parse(await roundTrip(lab, 'metadata', { note: 'a\tb  c' })).note);
      },
    },
  ],
};
