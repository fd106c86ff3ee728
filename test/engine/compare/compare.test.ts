import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareBy, type Decision } from '../../../lambdas/engine/compare/compare';
import type { ListedObject, ObjectAttributes, ObjectHead } from '../../../lambdas/engine/ports/bucket-reader';
import { COMPARE_STRATEGIES, type SyncInput } from '../../../statemachine/input/sync-input';

/** One side of a pair, as its list page and its HEAD show it. */
type Side = Partial<Omit<ListedObject, 'key' | 'checksum'> & ObjectHead>;

const plain = 'd41d8cd98f00b204e9800998ecf8427e';
const base = {
  key: 'k',
  sizeBytes: 1,
  eTag: plain,
  lastModified: 1_000_000,
  storageClass: 'STANDARD',
  archived: false,
  attributes: { contentType: 'text/html', metadata: { a: '1' } },
  opaqueETag: false,
  checksums: {},
  tagCount: 0,
};

const larger: Side = { sizeBytes: 2 };
const newer: Side = { lastModified: 1_001_000 };
const sameSecond: Side = { lastModified: 1_000_999 };
const older: Side = { lastModified: 999_000 };
const otherMd5: Side = { eTag: '0cc175b9c0f1b6a831c399e269772661' };
const inParts: Side = { eTag: `${plain}-2` };
const inOtherParts: Side = { eTag: `${otherMd5.eTag}-2` };
const withKey: Side = { ...otherMd5, opaqueETag: true };
const otherHeaders: Side = { attributes: { contentType: 'text/plain', metadata: { a: '1' } } };
const crc = (value: string): Side => ({ checksums: { CRC64NVME: value } });

/**
 * `copy: <reason>`, or `unchanged: <by what>`; with `HEAD, ` before it if both sides had to be asked, and `HEAD with checksums, ` if for
 * those, too.
 *
 * @param proven  whether an earlier run has proved the pair equal
 */
function decide(strategy: SyncInput['compare'], source: Side, destination: Side, proven = false): string {
  const [from, to] = [
    { ...base, ...source },
    { ...base, ...destination },
  ];
  const listed = compareBy(strategy)(from, to);
  const verdict = (proven && listed.action === 'inspect' && listed.ifProven) || listed;
  if (verdict.action !== 'inspect') return inWords(verdict);
  const [there, here] = [from, to].map((head) => ({ ...head, checksums: verdict.checksums ? head.checksums : {} }));
  const asked = verdict.checksums ? 'HEAD with checksums' : 'HEAD';
  return `${asked}, ${inWords(verdict.judge(there as ObjectHead, here as ObjectHead))}`;
}

function inWords(decision: Decision): string {
  return decision.action === 'copy' ? `copy: ${decision.reason}` : `unchanged: ${decision.by}`;
}

type Case = readonly [source: Side, destination: Side, outcome: string, proven?: boolean];

/** Cases of each row of the strategy's table in lambdas/engine/compare/compare.ts, under the row itself. */
const tables: Record<SyncInput['compare'], Record<string, readonly Case[]>> = {
  auto: {
    'differs | any | any | copy': [
      [{}, larger, 'copy: size'],
      [larger, { ...otherMd5, ...newer }, 'copy: size'],
      [larger, { ...otherMd5, ...newer }, 'copy: size', true],
    ],
    'same | equal | destination | unchanged': [
      [{}, newer, 'unchanged: eTag'],
      [{}, { ...newer, ...otherHeaders }, 'unchanged: eTag'],
    ],
    'same | equal | source, or neither | HEAD both; copy if attributes differ': [
      [{}, sameSecond, 'HEAD, unchanged: eTag'],
      [{}, older, 'HEAD, unchanged: eTag'],
      [{}, { ...sameSecond, ...otherHeaders }, 'HEAD, copy: metadata'],
      [inParts, { ...inParts, ...older, ...otherHeaders }, 'HEAD, copy: metadata'],
    ],
    'same | differ | source | copy': [
      [{}, { ...inParts, ...older }, 'copy: etag'],
      [inParts, { ...inOtherParts, ...older }, 'copy: etag'],
      [{}, { ...otherMd5, ...older }, 'copy: etag'],
      [crc('x'), { ...crc('x'), ...withKey, ...older }, 'copy: etag'],
      [{}, { ...withKey, ...older }, 'copy: etag', true],
    ],
    'same | differ, content proven equal | destination | unchanged': [
      [{}, { ...withKey, ...newer }, 'unchanged: remembered', true],
      [inParts, newer, 'unchanged: remembered', true],
    ],
    'same | differ, content proven equal | neither | HEAD both; copy if attributes differ': [
      [{}, { ...withKey, ...sameSecond }, 'HEAD, unchanged: remembered', true],
      [inParts, { ...sameSecond, ...otherHeaders }, 'HEAD, copy: metadata', true],
    ],
    'same | differ, not proven | destination, or neither | HEAD both; unchanged if checksums and attributes are equal, else copy':
      [
        [{}, { ...otherMd5, ...newer }, 'HEAD with checksums, copy: etag'],
        [crc('x'), { ...crc('x'), ...withKey, ...newer }, 'HEAD with checksums, unchanged: checksum'],
        [crc('x'), { ...crc('x'), ...withKey, ...sameSecond }, 'HEAD with checksums, unchanged: checksum'],
        [crc('x'), { ...crc('x'), ...withKey, ...newer, ...otherHeaders }, 'HEAD with checksums, copy: metadata'],
        [crc('x'), { ...crc('y'), ...withKey, ...newer }, 'HEAD with checksums, copy: checksum'],
        [{}, { ...withKey, ...newer }, 'HEAD with checksums, copy: unproven'],
        [withKey, newer, 'HEAD with checksums, copy: unproven'],
        [crc('x'), { checksums: { SHA256: 'x' }, ...withKey, ...newer }, 'HEAD with checksums, copy: unproven'],
        [inParts, newer, 'HEAD with checksums, copy: unproven'],
        [inParts, sameSecond, 'HEAD with checksums, copy: unproven'],
        [{ ...crc('x'), ...inParts }, { ...crc('x'), ...newer }, 'HEAD with checksums, unchanged: checksum'],
        [{ ...crc('x'), ...inParts }, { ...crc('y'), ...newer }, 'HEAD with checksums, copy: checksum'],
        [inParts, { ...inOtherParts, ...newer }, 'HEAD with checksums, copy: etag'],
        [inParts, { ...inOtherParts, ...newer, opaqueETag: true }, 'HEAD with checksums, copy: unproven'],
      ],
  },
  size: {
    'differs | copy': [[{}, { ...larger, ...newer }, 'copy: size']],
    'same | unchanged': [[{}, { ...otherMd5, ...older, ...otherHeaders }, 'unchanged: size']],
  },
  etag: {
    'differs | any | copy': [[inParts, { ...inParts, ...larger }, 'copy: size']],
    'same | differ | copy': [
      [{}, { ...otherMd5, ...newer }, 'copy: etag'],
      [inParts, newer, 'copy: etag'],
      [{}, { ...withKey, ...newer }, 'copy: etag'],
    ],
    'same | equal | unchanged': [[{}, { ...older, ...otherHeaders }, 'unchanged: eTag']],
  },
  'size-and-time': {
    'differs | any | copy': [[{}, { ...larger, ...newer }, 'copy: size']],
    'same | yes | copy': [[{}, older, 'copy: time']],
    'same | no | unchanged': [
      [{}, { ...otherMd5, ...sameSecond }, 'unchanged: date'],
      [{}, { ...otherMd5, ...newer, ...otherHeaders }, 'unchanged: date'],
    ],
  },
  metadata: {
    'differs | any | any | copy': [[{}, { ...larger, ...newer }, 'copy: size']],
    'same | equal | equal | unchanged': [
      [{}, newer, 'HEAD, unchanged: eTag'],
      [{}, older, 'HEAD, unchanged: eTag'],
    ],
    'same | any | differ | copy': [
      [{}, { ...newer, ...otherHeaders }, 'HEAD, copy: metadata'],
      [{}, { ...otherMd5, ...newer, ...otherHeaders }, 'HEAD with checksums, copy: metadata'],
      [crc('x'), { ...crc('x'), ...withKey, ...newer, ...otherHeaders }, 'HEAD with checksums, copy: metadata'],
      [inParts, { ...newer, ...otherHeaders }, 'HEAD, copy: metadata', true],
    ],
    'same | differ, content proven equal | equal | unchanged': [
      [{}, { ...withKey, ...newer }, 'HEAD, unchanged: remembered', true],
      [inParts, older, 'HEAD, unchanged: remembered', true],
    ],
    'same | differ, not proven | equal | unchanged if checksums are equal, else copy': [
      [{}, { ...otherMd5, ...newer }, 'HEAD with checksums, copy: etag'],
      [inParts, { ...inOtherParts, ...newer }, 'HEAD with checksums, copy: etag'],
      [inParts, newer, 'HEAD with checksums, copy: unproven'],
      [{}, { ...withKey, ...newer }, 'HEAD with checksums, copy: unproven'],
      [crc('x'), { ...crc('y'), ...withKey, ...newer }, 'HEAD with checksums, copy: checksum'],
      [crc('x'), { ...crc('x'), ...withKey, ...older }, 'HEAD with checksums, unchanged: checksum'],
    ],
  },
  checksum: {
    'differs | any | any | copy': [[crc('x'), { ...crc('x'), ...larger }, 'copy: size']],
    'same | differ | any | copy': [
      [crc('x'), { ...crc('y'), ...newer }, 'HEAD with checksums, copy: checksum'],
      [crc('x'), { ...crc('y'), ...otherHeaders }, 'HEAD with checksums, copy: checksum'],
      [crc('x'), { ...crc('y'), ...withKey, ...newer }, 'HEAD with checksums, copy: checksum', true],
      [
        { checksums: { CRC32: 'x', SHA256: 'x' } },
        { checksums: { CRC32: 'x', SHA256: 'y' } },
        'HEAD with checksums, copy: checksum',
      ],
    ],
    'same | equal | differ | copy': [
      [crc('x'), { ...crc('x'), ...newer, ...otherHeaders }, 'HEAD with checksums, copy: metadata'],
    ],
    'same | equal | equal | unchanged': [
      [{ ...crc('x'), ...inParts }, { ...crc('x'), ...older }, 'HEAD with checksums, unchanged: checksum'],
      [crc('x'), { ...crc('x'), ...withKey, ...older }, 'HEAD with checksums, unchanged: checksum'],
    ],
    'same | none | any | as `metadata`': [
      [crc('x'), { checksums: { SHA256: 'x' } }, 'HEAD with checksums, unchanged: eTag'],
      [{}, { ...otherMd5, ...newer }, 'HEAD with checksums, copy: etag'],
      [inParts, newer, 'HEAD with checksums, copy: unproven'],
      [inParts, newer, 'HEAD with checksums, unchanged: remembered', true],
      [{}, { ...newer, ...otherHeaders }, 'HEAD with checksums, copy: metadata'],
    ],
  },
  always: { 'any | copy': [[{}, newer, 'copy: always']] },
};

describe.each(COMPARE_STRATEGIES)('compare: %s', (strategy) => {
  const table = Object.entries(tables[strategy]);

  it.each(table)('| %s |', (_row, cases) => {
    expect(cases.map(([source, destination, , proven]) => decide(strategy, source, destination, proven))).toEqual(
      cases.map(([, , outcome]) => outcome),
    );
  });

  it('has a case for each row of its table, and no other case', () => {
    expect(documentedRows(strategy)).toEqual(table.map(([row]) => row));
  });
});

/** The rows of the table in the strategy's docstring. */
function documentedRows(strategy: SyncInput['compare']): string[] {
  const code = readFileSync(join(__dirname, '../../../lambdas/engine/compare/compare.ts'), 'utf8');
  const [documented = ''] = code.split(`\nfunction ${compareBy(strategy).name}(`);
  const docstring = documented.slice(documented.lastIndexOf('/**'));
  const rows = [...docstring.matchAll(/^ \* \| (.*) \|$/gm)].map(([, row = '']) => row);
  return rows.slice(2); // below the head and its line
}

it.each(['auto', 'metadata', 'checksum'] as const)(
  'compare: %s does not use the proof of a listed pair for objects that are newer by the time of the HEAD',
  (strategy) => {
    const [source, destination] = [base, { ...base, ...withKey, ...sameSecond }];
    const listed = compareBy(strategy)(source, destination);
    const proven = listed.action === 'inspect' ? listed.ifProven : undefined;
    const judge = proven?.action === 'inspect' ? proven.judge : undefined;

    const unproven = { action: 'copy', reason: 'unproven' };
    expect(judge?.(source, destination)).toEqual({ action: 'unchanged', by: 'remembered' });
    expect(judge?.({ ...source, eTag: 'e'.repeat(32) }, destination)).toEqual(unproven);
    expect(judge?.(source, { ...destination, eTag: 'e'.repeat(32) })).toEqual(unproven);
  },
);

const html = { contentType: 'text/html' };

describe.each(['auto', 'metadata', 'checksum'] as const)('compare: %s', (strategy) => {
  it.each<[string, ObjectAttributes]>([
    ['content type', { contentType: 'text/plain', metadata: { a: '1' } }],
    ['cache control', { ...html, cacheControl: 'no-store', metadata: { a: '1' } }],
    ['content disposition', { ...html, contentDisposition: 'inline', metadata: { a: '1' } }],
    ['content encoding', { ...html, contentEncoding: 'gzip', metadata: { a: '1' } }],
    ['content language', { ...html, contentLanguage: 'de', metadata: { a: '1' } }],
    ['expires', { ...html, expires: 'never', metadata: { a: '1' } }],
    ['website redirect', { ...html, websiteRedirect: '/x', metadata: { a: '1' } }],
    ['metadata value', { ...html, metadata: { a: '2' } }],
    ['metadata name', { ...html, metadata: { b: '1' } }],
    ['number of metadata', { ...html, metadata: { a: '1', b: '2' } }],
    ['number of metadata that S3 does not show', { ...html, metadata: { a: '1' }, hiddenMetadata: 1 }],
  ])('copies because of another %s, on either side', (_what, attributes) => {
    const changed = { ...crc('x'), attributes };
    expect(decide(strategy, crc('x'), changed)).toMatch(/^HEAD.*, copy: metadata$/);
    expect(decide(strategy, changed, crc('x'))).toMatch(/^HEAD.*, copy: metadata$/);
    expect(decide(strategy, changed, changed)).toMatch(/^HEAD.*, unchanged: (eTag|checksum)$/);
  });
});
