import { CopyObjectCommand, CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import type { RequestInfo } from '../../../local/s3';
import { requestsOf, useBucketAndClients } from '../../support/bucket-and-clients';
import { everyNth, randomCases } from '../../support/length';

const local = useBucketAndClients();
/** As a header arrives: a character is a byte. */
const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

/** What HTTP leaves of the white space around a value; a no-break space is none. */
const trimmed = (value: string) => value.replace(/^[ \t]+|[ \t]+$/g, '');

const create = (more: object) => new CreateMultipartUploadCommand({ Bucket: 'a-bucket', Key: 'a key', ...more });
const copy = (more: object) =>
  new CopyObjectCommand({ Bucket: 'a-bucket', Key: 'a copy', CopySource: 'a-bucket/an%20object', ...more });

beforeEach(() => local.s3.bucket('a-bucket').put('an object', 'content'));

const values: [what: string, value: string][] = [
  ['of Latin letters', utf8('attachment; filename="Übersicht à la carte.pdf"')],
  ['of Chinese characters and a dash', utf8('attachment; filename="文 – 書.pdf"')],
  ['of an emoji', utf8('😀')],
  ['with a no-break space', utf8('a\u00a0 b\u00a0')],
  ['with an ideographic space', utf8('\u3000a\u3000\u3000b')],
  ['with a line separator and a byte order mark', utf8('\ufeffa\u2028b')],
  ['of a byte that is no UTF-8', '1 \xa9.jpg'],
  ['of a no-break space in Latin-1', 'a\xa0b'],
  ['of bytes that are no UTF-8', '\x80\xc3\xff\xa0'],
  ['with tabs and many spaces', 'a\t \tb   c'],
];

describe.each(everyNth(2, values))('a value %s', (_what, value) => {
  let seen: RequestInfo['headers'][] = [];
  beforeEach(() => {
    seen = [];
    local.s3.onRequest = ({ headers }) => {
      seen.push(headers);
      return undefined;
    };
  });

  it.each([
    ['content-disposition', { ContentDisposition: value }],
    ['content-language', { ContentLanguage: value }],
    ['content-encoding', { ContentEncoding: value }],
    ['content-type', { ContentType: value }],
    ['cache-control', { CacheControl: value }],
    ['x-amz-website-redirect-location', { WebsiteRedirectLocation: value }],
    ['x-amz-meta-a', { Metadata: { a: value } }],
  ])('is signed as it is sent in %s of an upload, and arrives byte for byte', async (name, members) => {
    await requestsOf(local.createClient()).send(create(members));

    expect(seen).toMatchObject([{ [name]: trimmed(value) }]);
  });

  it('is signed as it is sent in Expires of an upload', async () => {
    await requestsOf(local.createClient()).send(create({}), undefined, { headers: { expires: value } });

    expect(seen).toMatchObject([{ expires: trimmed(value) }]);
  });

  it('is signed as it is sent in the redirect of a copy', async () => {
    await requestsOf(local.createClient()).send(copy({ WebsiteRedirectLocation: value }));

    expect(local.s3.bucket('a-bucket').get('a copy')?.websiteRedirect).toBe(trimmed(value));
  });
});

it('any header value that HTTP can carry is signed as it is sent', async () => {
  const requests = requestsOf(local.createClient());
  const bytes = fc.array(
    fc.oneof(
      fc.integer({ min: 0x20, max: 0x7e }),
      fc.integer({ min: 0x80, max: 0xff }),
      fc.constantFrom(9, 0xa0, 0x20),
    ),
    { minLength: 1, maxLength: 40 },
  );
  const value = bytes.map((codes) => `x${String.fromCharCode(...codes)}x`);

  await fc.assert(
    fc.asyncProperty(value, value, async (first, second) => {
      const members = {
        ContentDisposition: first,
        ContentType: second,
        WebsiteRedirectLocation: first,
        Metadata: { a: second },
      };
      await expect(requests.send(create(members))).resolves.toMatchObject({ UploadId: expect.anything() });
    }),
    randomCases({ quick: 5, full: 30 }),
  );
});
