import { contentsOf } from '../../support/contents';
import { Interceptor } from '../../support/interceptor';
import { everyNth } from '../../support/length';
import { past, useMirror } from '../../support/mirror';

const mirror = useMirror();
let interceptor: Interceptor;
beforeAll(async () => {
  interceptor = await Interceptor.start(mirror.s3.endpoint);
  process.env.AWS_ENDPOINT_URL_S3 = interceptor.endpoint;
});
afterAll(() => interceptor.stop());
afterEach(() => {
  interceptor.rewrite = undefined;
});

const name = (index: number) => `k${String(index).padStart(2, '0')}`;
const PAGE = 10;

/** Forty objects, of which the source lacks every fifth; of what is found wrong with a later page none may go. */
function createPair() {
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < 40; index++) {
    if (index % 5 !== 0) source.put(`site/${name(index)}`, 'x', { lastModified: past });
    destination.put(`site/${name(index)}`, 'x');
  }
  return { source, destination, input: { ...input, prefix: 'site' } };
}

const contents = /<Contents>.*?<\/Contents>/g;

const broken: [what: string, rewrite: (body: string) => string | { cut: string }][] = [
  ['half of an XML document', (body) => body.slice(0, body.length / 2)],
  ['a connection that ends half-way', (body) => ({ cut: body.slice(0, body.length / 2) })],
  ['nothing', () => ''],
  ['a web page', () => '<!DOCTYPE html><html><body>Please sign in</body></html>'],
  ['an error under the status 200', () => '<Error><Code>InternalError</Code><Message>Later.</Message></Error>'],
  ['an empty result', () => '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></ListBucketResult>'],
  ['no IsTruncated', (body) => body.replace(/<IsTruncated>.*?<\/IsTruncated>/, '')],
  ['a next page but no token', (body) => body.replace(/<NextContinuationToken>.*?<\/NextContinuationToken>/, '')],
  ['another KeyCount', (body) => body.replace(/<KeyCount>\d+/, '<KeyCount>11')],
  ['a key less than its KeyCount', (body) => body.replace(contents, (entry, at) => (at > 900 ? entry : ''))],
  ['no encoding', (body) => body.replace(/<EncodingType>.*?<\/EncodingType>/, '')],
  ['a key that is not encoded', (body) => body.replace(/<Key>site\/k(\d)/, '<Key>site/%k$1')],
  ['an object without a key', (body) => body.replace(/<Key>.*?<\/Key>/, '')],
  ['an object without an ETag', (body) => body.replace(/<ETag>.*?<\/ETag>/, '')],
  ['an object without a size', (body) => body.replace(/<Size>.*?<\/Size>/, '')],
  ['an object without a date', (body) => body.replace(/<LastModified>.*?<\/LastModified>/, '')],
  ['keys from the end to the beginning', (body) => inOrder(body, (entries) => entries.reverse())],
  ['a key twice', (body) => inOrder(body, (entries) => [entries[0] ?? '', ...entries.slice(0, -1)])],
  ['keys of the page before', (body) => body.replaceAll(/<Key>site\/k\d/g, '<Key>site/k0')],
  ['the page of a request further ahead', (body) => furtherAhead(body, 3)],
  ['keys of another folder', (body) => body.replaceAll('<Key>site/', '<Key>sites/')],
];

/** Complete and in order, but for what comes before it. */
function furtherAhead(body: string, by: number): string {
  let index = 0;
  return body
    .replace(contents, (entry) => (index++ < by ? '' : entry))
    .replace(/<KeyCount>\d+/, `<KeyCount>${Math.max(0, index - by)}`)
    .replace(/<(StartAfter|ContinuationToken)>[^<]*/, '<$1>site/k99');
}

function inOrder(body: string, arrange: (entries: string[]) => string[]): string {
  const entries = arrange([...(body.match(contents) ?? [])]);
  return body.replace(contents, () => entries.shift() ?? '');
}

const some = broken.filter(([what]) =>
  [
    'nothing',
    'another KeyCount',
    'a key twice',
    'the page of a request further ahead',
    'keys of another folder',
  ].includes(what),
);

describe.each([
  ['source', 'one walker', everyNth(8, broken)],
  ['source', 'many walkers', everyNth(8, broken, 2)],
  ['destination', 'one walker', everyNth(6, some, 1)],
] as const)('a later page of the %s, with %s', (side, walkers, rows) => {
  const serial = walkers === 'one walker';

  it.each(rows)(
    'ends the run with ListingError, and without a delete behind it, if the page is %s',
    async (_what, rewrite) => {
      // Given
      const { input, ...pair } = createPair();
      const { source, destination } = pair;
      let rewritten = 0;
      interceptor.rewrite = ({ pathname, searchParams }, body) => {
        const later =
          searchParams.has('continuation-token') || (searchParams.get('start-after') ?? '') > `site/${name(0)}`;
        if (pathname !== `/${pair[side].name}/` && pathname !== `/${pair[side].name}`) return undefined;
        if (!later) return undefined;
        const changed = rewrite(body);
        if (changed === body) return undefined; // a last page has no token to take away
        rewritten += 1;
        return changed;
      };

      // When
      const summary = await mirror.run(input, { pageSize: PAGE, serial });

      // Then
      expect(rewritten).toBeGreaterThan(0);
      expect(summary).toMatchObject({ status: 'failed', error: { name: 'ListingError' } });
      const left = [...contentsOf(destination).keys()];
      for (let index = 0; index < 40; index++) {
        // Of many walkers, one may have listed to the end what comes behind.
        if (index % 5 !== 0 || (serial && index > PAGE + 4)) expect(left).toContain(`site/${name(index)}`);
      }

      // When the listing is sound again
      interceptor.rewrite = undefined;
      const again = await mirror.run(input, { pageSize: PAGE, serial });

      // Then
      expect(again.status).toBe('succeeded');
      expect([...contentsOf(destination).keys()]).toEqual([...contentsOf(source).keys()]);
    },
  );
});
