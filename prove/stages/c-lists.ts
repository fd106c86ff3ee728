import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { compareKeys } from '../../lambdas/engine/keys/compare-keys';
import type { Stage } from '../assumption';
import { outcome, outcomes } from '../outcome';
import { decode, filled, pagesOf, parsed } from './c-pages';
import { ODD_NAMES, oddKey } from './odd-keys';

const DOC = 'AWS: ListObjectsV2';
const LONGEST_KEY = 'z'.repeat(1024);

/** Elements that the scanner of list pages relies on, or knows and skips. */
const KNOWN_ELEMENTS =
  'ChecksumAlgorithm, ChecksumType, Contents, ContinuationToken, ETag, EncodingType, IsTruncated, Key, KeyCount, LastModified, ' +
  'ListBucketResult, MaxKeys, Name, NextContinuationToken, Prefix, Size, StartAfter, StorageClass';

export const lists: Stage = {
  id: 'C',
  title: 'list pages',
  needs: ['B'],
  estimate: { requests: 1_100, usd: 0.008 },
  assumptions: [
    {
      id: 'C1',
      says: 'Two pages hold 1,001 objects, a thousand of them the first',
      source: DOC,
      expected: '1000 + 1',
      essential: true,
      async observe(lab) {
        return (await pagesOf(lab)).map(({ objects }) => objects.length).join(' + ');
      },
    },
    {
      id: 'C2',
      says: "The mirror's reader of list pages finds what the SDK's parser finds",
      source: 'bucketsync: lambdas/s3/answers/read-list-page.ts',
      expected: 'the same 1000',
      async observe(lab) {
        const [page] = await pagesOf(lab);
        const { Contents = [] } = await parsed(lab);
        const same = Contents.filter(({ Key, ETag, Size, LastModified, StorageClass }, index) => {
          const object = page?.objects[index];
          return (
            object?.key === decode(Key) &&
            `"${object.eTag}"` === ETag &&
            object.sizeBytes === Size &&
            object.lastModified === LastModified?.getTime() &&
            object.storageClass === (StorageClass ?? 'STANDARD')
          );
        });
        return same.length === Contents.length ? `the same ${same.length}` : `${same.length} of ${Contents.length}`;
      },
    },
    {
      id: 'C3',
      says: 'Keys come in the order of their UTF-8 bytes',
      source: 'AWS: General purpose buckets list in lexicographical order of UTF-8',
      expected: 'in order',
      async observe(lab) {
        const keys = (await pagesOf(lab)).flatMap(({ objects }) => objects.map(({ key }) => key));
        const wrong = keys.findIndex((key, index) => index > 0 && compareKeys(keys[index - 1] ?? '', key) >= 0);
        return wrong === -1
          ? 'in order'
          : `${JSON.stringify(keys[wrong])} comes behind ${JSON.stringify(keys[wrong - 1])}`;
      },
    },
    {
      id: 'C4',
      says: 'A page repeats its prefix, StartAfter and token',
      source: `${DOC}; bucketsync: lambdas/s3/answers/list-echo.ts`,
      expected: 'prefix many/, StartAfter many/1500, token',
      async observe(lab) {
        const first = await parsed(lab, { Prefix: 'many/', StartAfter: 'many/1500', MaxKeys: 2 });
        const second = await parsed(lab, {
          Prefix: 'many/',
          MaxKeys: 2,
          ContinuationToken: first.NextContinuationToken,
        });
        const token = second.ContinuationToken === first.NextContinuationToken ? 'token' : 'no token';
        return `prefix ${decode(first.Prefix)}, StartAfter ${decode(first.StartAfter)}, ${token}`;
      },
    },
    {
      id: 'C5',
      says: 'A page begins with the first key behind StartAfter',
      source: DOC,
      expected: 'all',
      async observe(lab) {
        const source = await filled(lab);
        const keys = (await pagesOf(lab)).flatMap(({ objects }) => objects.map(({ key }) => key));
        return outcomes(ODD_NAMES, String, async (name) => {
          const { objects } = await source.listPage({ startAfter: oddKey(name), maxKeys: 1 });
          const next = keys[keys.indexOf(oddKey(name)) + 1];
          return objects[0]?.key === next
            ? 'ok'
            : `${JSON.stringify(objects[0]?.key)} instead of ${JSON.stringify(next)}`;
        });
      },
    },
    {
      id: 'C6',
      says: 'StartAfter may have 1,024 bytes, and be no key',
      source: DOC,
      expected: '1',
      async observe(lab) {
        const source = await filled(lab);
        const before = (await pagesOf(lab))
          .flatMap(({ objects }) => objects)
          .filter(({ key }) => compareKeys(key, LONGEST_KEY) <= 0);
        const { objects } = await source.listPage({ startAfter: LONGEST_KEY, maxKeys: 1 });
        const expected = (await pagesOf(lab)).flatMap(({ objects }) => objects)[before.length];
        return objects[0]?.key === expected?.key ? '1' : `${JSON.stringify(objects[0]?.key)}`;
      },
    },
    {
      id: 'C7',
      says: 'A prefix with odd characters lists what begins with it',
      source: DOC,
      expected: 'all',
      async observe(lab) {
        const source = await filled(lab);
        return outcomes(ODD_NAMES, String, async (name) => {
          const { objects } = await source.listPage({ keyPrefix: oddKey(name) });
          return objects.some(({ key }) => key === oddKey(name)) ? 'ok' : 'not listed';
        });
      },
    },
    {
      id: 'C8',
      says: 'A page has no element that the reader does not know',
      source: `${DOC}; bucketsync: lambdas/s3/answers/entry-pattern.ts`,
      expected: 'none',
      async observe(lab) {
        await pagesOf(lab);
        const text = await lab.shared('text of the pages', async () => '');
        const known = new Set(KNOWN_ELEMENTS.split(', '));
        const found = new Set([...text.matchAll(/<(\w+)/g)].map(([, name = '']) => name));
        return [...found].filter((name) => !known.has(name)).join(', ') || 'none';
      },
    },
    {
      id: 'C9',
      says: 'An entry names the checksum that S3 made of the object',
      source: 'AWS: Checking object integrity; bucketsync: evidence',
      expected: 'CRC32 FULL_OBJECT',
      async observe(lab) {
        const [page] = await pagesOf(lab);
        const checksum = page?.objects[0]?.checksum;
        return checksum ? `${checksum.algorithm} ${checksum.type}` : 'none';
      },
    },
    {
      id: 'C10',
      says: 'A token that S3 has not given is refused',
      source: DOC,
      expected: '400 InvalidArgument',
      async observe(lab) {
        const Bucket = await lab.bucket('source');
        return outcome(lab.send(new ListObjectsV2Command({ Bucket, ContinuationToken: 'none-of-ours' })));
      },
    },
    {
      id: 'C11',
      says: 'An archived object is listed with its class, and cannot be copied',
      source: 'AWS: Working with archived objects',
      expected: 'GLACIER, 403 InvalidObjectState',
      async observe(lab) {
        await lab.put('archive', 'archived', 'x'.repeat(1024), { StorageClass: 'GLACIER' });
        const { source, destination } = await lab.pair({ role: 'archive', prefix: '' });
        const [object] = (await source.listPage({})).objects;
        const request = { key: 'archived', sourceETag: object?.eTag ?? '', storageClass: 'STANDARD' };
        const copied = await outcome(destination.copyObject({ ...request, tags: 'copy' }));
        return `${object?.storageClass}, ${copied}`;
      },
    },
    {
      id: 'C12',
      says: 'What was just written is listed, and what was just deleted is not',
      source: 'AWS: Amazon S3 data consistency model',
      expected: 'all',
      async observe(lab) {
        const { source, destination } = await lab.pair(
          { role: 'source', prefix: 'new/' },
          { role: 'source', prefix: 'new/' },
        );
        return outcomes(['1', '2', '3', '4', '5'], String, async (key) => {
          await lab.put('source', `new/${key}`, key);
          const written = (await source.listPage({ keyPrefix: key })).objects.length;
          await destination.deleteObjects([{ key }]);
          const left = (await source.listPage({ keyPrefix: key })).objects.length;
          return written === 1 && left === 0 ? 'ok' : `${written} after the write, ${left} after the delete`;
        });
      },
    },
  ],
};
