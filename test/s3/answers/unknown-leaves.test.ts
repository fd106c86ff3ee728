import fc from 'fast-check';
import { readListPage } from '../../../lambdas/s3/answers/read-list-page';
import { entry, renderPage, style } from '../../support/list-pages';

const BUCKET = 'a-bucket';
const ENTRY =
  '<Contents><Key>a</Key><LastModified>2026-01-02T03:04:05Z</LastModified><ETag>"a"</ETag><Size>1</Size></Contents>';
const page = (entries: string, facts = '') =>
  `<ListBucketResult><KeyCount>1</KeyCount><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${facts}${entries}</ListBucketResult>`;
const inEntry = (element: string) => page(ENTRY.replace('</Contents>', `${element}</Contents>`));
const read = (body: string, prefix = '') => readListPage(Buffer.from(body), BUCKET, prefix);
const refusal = expect.objectContaining({ name: 'ListingError' });
const places = [
  ['an entry', inEntry],
  ['the page, behind its entries', (element: string) => page(ENTRY + element)],
  ['the page, in front of its entries', (element: string) => page(ENTRY, element)],
] as const;

/** Names of elements that bucketsync relies on. */
const meant = [
  ...['Key', 'Size', 'ETag', 'LastModified', 'StorageClass', 'ChecksumAlgorithm', 'ChecksumType', 'RestoreStatus'],
  ...['Name', 'Prefix', 'KeyCount', 'IsTruncated', 'NextContinuationToken', 'Contents', 'CommonPrefixes', 'StartAfter'],
  ...['EncodingType', 'MaxKeys', 'Delimiter', 'ContinuationToken', 'Marker', 'NextMarker', 'Version', 'Error'],
];
const name = fc
  .oneof(
    fc.constantFrom(
      'ObjectAnnotations',
      'EventHold',
      'constructor',
      'toString',
      'hasOwnProperty',
      'x',
      's3:New',
      'a.b-c_d',
      'KeyId',
      'Sizes',
    ),
    fc.stringMatching(/^[A-Za-z_][\w-]{0,20}$/),
  )
  .filter(
    (name) =>
      ![...meant, 'Owner', 'Type', 'Code', 'Upload'].some((known) => known.toLowerCase() === name.toLowerCase()),
  );
const content = fc.constantFrom(
  '',
  'true',
  'some text',
  '&lt;Key&gt;b&lt;/Key&gt;',
  '2026-01-01T00:00:00Z',
  ' \n',
  'ü 文 😀',
  'a > b',
  ']]',
);
const attributes = fc.constantFrom(
  '',
  '',
  ' a="b"',
  " xsi:type='Some thing'",
  ' xmlns="http://example.com/" b="1>2"',
  ' ',
);
const leafOf = (inner: fc.Arbitrary<string>) =>
  fc
    .tuple(name, attributes, inner, fc.boolean())
    .map(([name, attributes, text, empty]) =>
      empty && text === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${text}</${name}>`,
    );
const leaf = fc.oneof(
  leafOf(content),
  leafOf(fc.array(leafOf(content), { maxLength: 4 }).map((leaves) => leaves.join('\n '))),
);

describe('elements that no release knows yet', () => {
  it('change no page that they are put into', () => {
    const insertion = fc.record({ leaf, where: fc.nat() });
    const property = fc.property(
      style,
      fc.array(entry, { maxLength: 5 }),
      fc.array(insertion, { maxLength: 6 }),
      (style, entries, insertions) => {
        const body = renderPage(style, { bucket: BUCKET, prefix: '', entries, next: undefined });
        const changed = insertions.reduce(insertLeaf, body);

        expect(read(changed)).toEqual(read(body));
      },
    );
    fc.assert(property, { numRuns: Number(process.env.PROPERTY_RUNS ?? 200) });
  });

  it.each(places)('may stand in %s', (_where, put) => {
    expect(
      read(put('<Hold><Mode>on</Mode><Until>2030</Until></Hold><Annotations/><Label a="b">text</Label>')).objects,
    ).toHaveLength(1);
  });
});

/** Puts an element behind a whole child of the page or of one of its entries. */
function insertLeaf(body: string, { leaf, where }: { leaf: string; where: number }): string {
  const owners = /<Owner>.*?<\/Owner>|<RestoreStatus>.*?<\/RestoreStatus>/gs;
  const hidden = body.replace(owners, (text) => text.replaceAll('/', '\0').replaceAll('>', '\u0001'));
  const ends = [
    ...hidden.matchAll(/<\/(?:Key|Size|ETag|LastModified|StorageClass|Contents|IsTruncated|EncodingType|Name)>/g),
  ];
  const end = ends[where % ends.length];
  const at = (end?.index ?? 0) + (end?.[0].length ?? 0);
  return body.slice(0, at) + leaf + body.slice(at);
}

describe.each(places)('an element of %s is rejected', (_where, put) => {
  it.each([
    ['with CDATA', '<New><![CDATA[a]]></New>'],
    ['with a comment', '<New><!-- a --></New>'],
    ['with an instruction', '<New><?a b?></New>'],
    ['that is two levels deep', '<New><A><B>c</B></A></New>'],
    ['with text beside elements', '<New>a<A>b</A></New>'],
    ['with text behind elements', '<New><A>b</A>a</New>'],
    ['that is not closed', '<New>a'],
    ['closed by another name', '<New>a</Old>'],
    ['whose child is closed by another name', '<New><A>a</B></New>'],
    ['with more text than any has', `<New>${'a'.repeat(1025)}</New>`],
    ['that is a comment itself', '<!-- a -->'],
    ['that is CDATA itself', '<![CDATA[a]]>'],
    ['that is text', 'text'],
    ['with a name that is none', '<1>a</1>'],
  ])('%s', (_what, element) => {
    expect(() => read(put(element))).toThrow(refusal);
  });

  it.each(meant)('that holds a <%s>, in any spelling', (name) => {
    for (const spelled of [name, name.toLowerCase(), name.toUpperCase(), `s3:${name}`]) {
      expect(() => read(put(`<New><${spelled}>1</${spelled}></New>`))).toThrow(refusal);
      expect(() => read(put(`<New><${spelled}/></New>`))).toThrow(refusal);
    }
  });

  it.each(meant)('that is a <%s> in another spelling', (name) => {
    for (const spelled of [name.toLowerCase(), name.toUpperCase(), `s3:${name}`]) {
      if (spelled !== name) expect(() => read(put(`<${spelled}>1</${spelled}>`))).toThrow(refusal);
    }
  });
});

describe('a page with unknown elements', () => {
  it.each([
    ['a key that is missing', page(ENTRY.replace(/<(\/?)Key>/g, '<$1Kee>'))],
    ['a size that is missing', page(ENTRY.replace(/<(\/?)Size>/g, '<$1Length>'))],
    ['entries under another name', page(ENTRY.replace(/<(\/?)Contents>/g, '<$1Objects>'))],
    ['a count that does not fit', page('', '<Objects>1</Objects>')],
    ['no word on whether it is the last', page(ENTRY).replace(/<(\/?)IsTruncated>/g, '<$1IsShortened>')],
    ['more kinds of them than AWS would add', page(ENTRY, Array.from({ length: 33 }, (_, i) => `<New${i}/>`).join(''))],
  ])('is rejected for %s', (_what, body) => {
    expect(() => read(body)).toThrow(refusal);
  });

  const MANY = 1_000_000;
  it.each<[what: string, text: string, isRead: boolean]>([
    ['white space in a tag', `<New${' '.repeat(MANY)}x`, false],
    ['white space in an element', `<New>${' '.repeat(MANY)}x`, false],
    ['white space between elements', `<New><A/>${' '.repeat(MANY)}x`, false],
    ['white space behind an element', `<New>a</New${' '.repeat(MANY)}x`, false],
    ['attributes', `<New${' a="b"'.repeat(MANY / 6)}x`, false],
    ['attribute', `<New a="${'b'.repeat(MANY)}`, false],
    ['name', `<${'N'.repeat(MANY)}`, false],
    ['children', `<New>${'<A/>'.repeat(MANY / 4)}x`, false],
    ['number of equal elements', '<New>a</New>'.repeat(MANY / 12), true],
  ])('is read in one pass, with an endless %s', (_what, text, isRead) => {
    if (isRead) expect(read(page(ENTRY, text)).objects).toHaveLength(1);
    else expect(() => read(page(ENTRY, text))).toThrow(refusal);
    expect(() => read(inEntry(text))).toThrow(refusal);
  });
});
