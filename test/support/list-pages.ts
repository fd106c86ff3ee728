import fc from 'fast-check';
import { key } from './arbitrary-keys';

/** An entry as a server knows it; what is undefined it does not send. */
export interface Entry {
  readonly key: string;
  readonly sizeBytes: number;
  readonly eTag: string;
  readonly lastModified: string;
  readonly storageClass?: string;
  readonly algorithms: readonly string[];
  readonly checksumType?: string;
  readonly restore?: { readonly inProgress?: boolean; readonly expires?: string };
  readonly owner: boolean;
}

const instant = fc
  .date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2999-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString());

export const entry: fc.Arbitrary<Entry> = fc.record({
  key,
  sizeBytes: fc.oneof(fc.nat(1000), fc.constantFrom(0, 5 * 1024 ** 4, 50 * 1024 ** 4)),
  eTag: fc.constantFrom('d41d8cd98f00b204e9800998ecf8427e', 'd41d8cd98f00b204e9800998ecf8427e-12', '0-a', ''),
  lastModified: fc.oneof(
    instant,
    instant.map((text) => text.replace(/\.\d+Z$/, 'Z')),
    fc.constantFrom('2024-02-29T23:59:59.999Z', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.1Z'),
  ),
  storageClass: fc.option(fc.constantFrom('STANDARD', 'STANDARD_IA', 'GLACIER', 'DEEP_ARCHIVE', 'GLACIER_IR'), {
    nil: undefined,
  }),
  algorithms: fc.subarray(['CRC64NVME', 'SHA256', 'CRC32'], { maxLength: 2 }),
  checksumType: fc.option(fc.constantFrom('FULL_OBJECT', 'COMPOSITE'), { nil: undefined }),
  restore: fc.option(fc.record({ inProgress: fc.boolean(), expires: instant }, { requiredKeys: [] }), {
    nil: undefined,
  }),
  owner: fc.boolean(),
});

/** How a server writes its lists. */
export interface Style {
  readonly declaration: string;
  readonly rootAttributes: string;
  /** Between elements. */
  readonly space: string;
  readonly quote: string;
  readonly encodeKey: (key: string) => string;
  /** Of the elements of an entry, by name. */
  readonly order: readonly string[];
  readonly factsFirst: boolean;
  readonly keyCount: boolean;
  readonly echo: boolean;
}

const ELEMENTS = [
  'Key',
  'LastModified',
  'ETag',
  'ChecksumAlgorithm',
  'ChecksumType',
  'Size',
  'StorageClass',
  'Owner',
  'RestoreStatus',
  'Type',
];

const encodings: readonly Style['encodeKey'][] = [
  (key) => encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/'), // AWS, MinIO
  (key) => encodeURIComponent(key).replaceAll('%2F', '/'), // MiniStack, moto
  (key) => encodeURIComponent(key), // Ceph
  (key) => escapeXml(key.replace(/[%+\r\s\p{C}]/gu, encodeURIComponent)), // as little as possible
];

export const style: fc.Arbitrary<Style> = fc.record({
  declaration: fc.constantFrom(
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    "<?xml version='1.0' encoding='utf-8' ?>",
    '',
  ),
  rootAttributes: fc.constantFrom(' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"', ''),
  space: fc.constantFrom('', '', '\n  ', '\r\n', '\n\t'),
  quote: fc.constantFrom('&quot;', '"', '&#34;', '&#x22;', ''),
  encodeKey: fc.constantFrom(...encodings),
  order: fc.oneof(
    fc.constant(ELEMENTS),
    fc.shuffledSubarray(ELEMENTS, { minLength: ELEMENTS.length }),
    fc.shuffledSubarray(
      ELEMENTS.filter((name) => name !== 'Type'),
      { minLength: ELEMENTS.length - 1 },
    ),
  ),
  factsFirst: fc.boolean(),
  keyCount: fc.boolean(),
  echo: fc.boolean(),
});

interface Listing {
  readonly bucket: string;
  readonly prefix: string;
  /** Their keys are put below the prefix. */
  readonly entries: readonly Entry[];
  readonly next: string | undefined;
}

export function renderPage(style: Style, { bucket, prefix, entries, next }: Listing): string {
  const { declaration, rootAttributes, space, encodeKey } = style;
  const facts = [
    element('Name', bucket),
    ...(style.echo ? [element('Prefix', encodeKey(prefix)), element('MaxKeys', '1000'), '<Delimiter/>'] : []),
    ...(style.keyCount ? [element('KeyCount', String(entries.length))] : []),
    element('EncodingType', 'url'),
    element('IsTruncated', String(next !== undefined)),
    ...(next === undefined ? [] : [element('NextContinuationToken', escapeXml(next))]),
  ];
  const contents = entries.map((entry) => {
    const elements = style.order.flatMap((name) => renderElement(name, entry, prefix, style));
    return `<Contents>${['', ...elements, ''].join(space)}</Contents>`;
  });
  const children = style.factsFirst ? [...facts, ...contents] : [...contents, ...facts];
  return `${declaration}<ListBucketResult${rootAttributes}>${['', ...children, ''].join(space)}</ListBucketResult>`;
}

function renderElement(name: string, entry: Entry, prefix: string, { quote, encodeKey, space }: Style): string[] {
  const { restore } = entry;
  switch (name) {
    case 'Key':
      return [element(name, encodeKey(`${prefix}${entry.key}`))];
    case 'LastModified':
      return [element(name, entry.lastModified)];
    case 'ETag':
      return [element(name, `${quote}${entry.eTag}${quote}`)];
    case 'Size':
      return [element(name, String(entry.sizeBytes))];
    case 'StorageClass':
      return entry.storageClass === undefined ? [] : [element(name, entry.storageClass)];
    case 'ChecksumAlgorithm':
      return entry.algorithms.map((algorithm) => element(name, algorithm));
    case 'ChecksumType':
      return entry.checksumType === undefined ? [] : [element(name, entry.checksumType)];
    case 'Owner':
      return entry.owner ? [`<Owner>${space}<ID>1234</ID>${space}<DisplayName/>${space}</Owner>`] : [];
    case 'RestoreStatus':
      return restore === undefined
        ? []
        : [
            element(
              name,
              [
                ...(restore.inProgress === undefined
                  ? []
                  : [element('IsRestoreInProgress', String(restore.inProgress))]),
                ...(restore.expires === undefined ? [] : [element('RestoreExpiryDate', restore.expires)]),
              ].join(space),
            ),
          ];
    default:
      return [element(name, 'Normal')];
  }
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
