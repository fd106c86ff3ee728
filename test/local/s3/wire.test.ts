import { type S3Server, startS3 } from '../../../local/s3';
import { type RawRequest, send, sign, type Unsigned, withHeaders } from '../../support/raw-request';

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.close());
beforeEach(() => {
  s3.credentials = [{ accessKeyId: 'test', secretAccessKey: 'test' }];
  s3.createBucket('bucket').put('key', 'content');
});

const answerTo = async (asked: Unsigned, change: (request: RawRequest) => RawRequest = (same) => same) =>
  send(s3.port, change(await sign(s3.port, asked)));
const put = (more: Partial<Unsigned> = {}): Unsigned => ({
  method: 'PUT',
  path: '/bucket/new',
  body: 'content',
  ...more,
});
const change = (changes: Readonly<Record<string, string | undefined>>) => (request: RawRequest) =>
  withHeaders(request, changes);
const listing = { path: '/bucket', query: { 'list-type': '2', prefix: 'a b+c/ü', delimiter: '/' } };

describe('a request is carried out', () => {
  it.each<[what: string, asked: Unsigned, change?: (request: RawRequest) => RawRequest]>([
    ['with a body and its hash', put()],
    ['with a body that is not signed', put({ payloadHash: 'UNSIGNED-PAYLOAD' })],
    ['with a key that has to be encoded', put({ path: '/bucket/a%20b%2Bc%27%28%29%2A%21~/%C3%BC//../%25' })],
    ['with a query', listing],
    [
      'with its query in another order',
      listing,
      (sent) => ({ ...sent, target: `/bucket?${sent.target.split('?')[1]?.split('&').reverse().join('&')}` }),
    ],
    [
      'with white space around and in a signed value',
      put({ headers: { 'x-amz-meta-a': 'x y' } }),
      change({ 'x-amz-meta-a': '  x \t  y ' }),
    ],
    [
      'with a header that nobody has to sign',
      put(),
      change({ 'content-type': 'text/plain', 'cache-control': 'no-cache' }),
    ],
    [
      'with a header that is there twice',
      put({ headers: { 'x-amz-meta-a': '1,2' } }),
      (sent) => ({
        ...change({ 'x-amz-meta-a': '1' })(sent),
        headers: [...change({ 'x-amz-meta-a': '1' })(sent).headers, ['X-Amz-Meta-A', '2']],
      }),
    ],
    [
      'of a copy that says no length',
      put({ body: '', withoutLength: true, headers: { 'x-amz-copy-source': '/bucket/key' } }),
    ],
    [
      'of a new upload that says no length',
      { method: 'POST', path: '/bucket/new', query: { uploads: '' }, withoutLength: true },
    ],
    ['with the MD5 of its body', put({ headers: { 'content-md5': 'mgNkuembtIDdJeHwKEyFVQ==' } })],
    [
      'with a checksum of its body',
      put({ headers: { 'x-amz-checksum-sha256': '7XACtDnprIRfIjV9giusFERzD722AW0+yUMil7nsn3M=' } }),
    ],
  ])('%s', async (_what, asked, ...[change]) => {
    expect(await answerTo(asked, change)).toBe('200');
  });
});

describe('a request is rejected', () => {
  it.each<[expected: string, what: string, asked: Unsigned, change: (request: RawRequest) => RawRequest]>([
    [
      '403 SignatureDoesNotMatch',
      'signed with another secret',
      put({ as: { accessKeyId: 'test', secretAccessKey: 'other' } }),
      change({}),
    ],
    [
      '403 InvalidAccessKeyId',
      'signed with an unknown key',
      put({ as: { accessKeyId: 'other', secretAccessKey: 'test' } }),
      change({}),
    ],
    [
      '400 InvalidToken',
      'with a token that its key does not have',
      put({ as: { accessKeyId: 'test', secretAccessKey: 'test', sessionToken: 't' } }),
      change({}),
    ],
    ['403 AccessDenied', 'that nobody signed', put(), change({ authorization: undefined })],
    ['403 RequestTimeTooSkewed', 'signed an hour ago', put({ at: new Date(Date.now() - 3_600_000) }), change({})],
    ['403 SignatureDoesNotMatch', 'whose method has changed', put(), (sent) => ({ ...sent, method: 'DELETE' })],
    ['403 SignatureDoesNotMatch', 'whose key has changed', put(), (sent) => ({ ...sent, target: '/bucket/another' })],
    [
      '403 SignatureDoesNotMatch',
      'whose path was encoded twice when it was signed',
      put({ path: '/bucket/a%2520b' }),
      (sent) => ({ ...sent, target: '/bucket/a%20b' }),
    ],
    [
      '403 SignatureDoesNotMatch',
      'whose query has changed',
      listing,
      (sent) => ({ ...sent, target: `${sent.target}&max-keys=1` }),
    ],
    [
      '403 SignatureDoesNotMatch',
      'whose signed value has changed',
      put({ headers: { 'x-amz-meta-a': '1' } }),
      change({ 'x-amz-meta-a': '2' }),
    ],
    [
      '403 SignatureDoesNotMatch',
      'whose no-break space was signed as a space',
      put({ headers: { 'x-amz-meta-a': 'x y' } }),
      change({ 'x-amz-meta-a': 'x\xa0y' }),
    ],
    [
      '403 SignatureDoesNotMatch',
      'whose bytes were signed as text',
      put({ headers: { 'x-amz-meta-a': 'ü' } }),
      change({ 'x-amz-meta-a': '\xfc' }),
    ],
    ['403 SignatureDoesNotMatch', 'to another host', put(), change({ host: 'localhost' })],
    ['403 AccessDenied', 'with an x-amz- header that was not signed', put(), change({ 'x-amz-acl': 'public-read' })],
    [
      '403 AccessDenied',
      'with an MD5 that was not signed',
      put(),
      change({ 'content-md5': 'mgNkuembtIDdJeHwKEyFVQ==' }),
    ],
    [
      '400 XAmzContentSHA256Mismatch',
      'whose body has changed',
      put(),
      (sent) => ({ ...sent, body: Buffer.from('CONTENT') }),
    ],
    [
      '400 XAmzContentSHA256Mismatch',
      'with a body that was not signed',
      { path: '/bucket/key', payloadHash: '0'.repeat(64) },
      change({}),
    ],
    ['400 InvalidArgument', 'whose hash is none', put({ payloadHash: 'hash' }), change({})],
    ['400 InvalidRequest', 'without the hash of its body', put(), change({ 'x-amz-content-sha256': undefined })],
    ['400 InvalidRequest', 'signed in another way', put(), change({ authorization: 'AWS test:signature' })],
    [
      '400 AuthorizationHeaderMalformed',
      'for another service',
      put(),
      (sent) => withHeaders(sent, { authorization: authorizationOf(sent).replace('/s3/', '/ec2/') }),
    ],
    [
      '400 BadDigest',
      'with the MD5 of another body',
      put({ headers: { 'content-md5': '1B2M2Y8AsgTpgAmY7PhCfg==' } }),
      change({}),
    ],
    ['400 InvalidDigest', 'with an MD5 that is none', put({ headers: { 'content-md5': 'bad' } }), change({})],
    [
      '400 BadDigest',
      'with the checksum of another body',
      put({ headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } }),
      change({}),
    ],
    [
      '400 InvalidRequest',
      'with a checksum that is none',
      put({ headers: { 'x-amz-checksum-crc32': 'AAA=' } }),
      change({}),
    ],
    [
      '400 InvalidRequest',
      'that announces a checksum and has none',
      put({ headers: { 'x-amz-sdk-checksum-algorithm': 'CRC32' } }),
      change({}),
    ],
    [
      '411 MissingContentLength',
      'with a body of unknown length',
      put({ body: '' }),
      change({ 'content-length': undefined }),
    ],
    ['400 BadRequest', 'with a length that is no number', put(), change({ 'content-length': '7x' })],
    ['400 BadRequest', 'with a negative length', put(), change({ 'content-length': '-7' })],
    [
      '501 NotImplemented',
      'in chunks of HTTP',
      put({ body: '0\r\n\r\n' }),
      change({ 'content-length': undefined, 'transfer-encoding': 'chunked' }),
    ],
    ['400 BadRequest', 'with a control character in a header', put(), change({ 'x-amz-meta-a': 'a\u0001b' })],
    ['400 BadRequest', 'with a line end in a header', put(), change({ 'x-amz-meta-a': 'a\nb' })],
    ['400 BadRequest', 'with a header whose name is none', put(), change({ 'x amz': 'a' })],
    [
      '400 BadRequest',
      'with two hosts',
      put(),
      (sent) => ({ ...sent, headers: [...sent.headers, ['host', 'localhost']] }),
    ],
  ])('with %s: one %s', async (expected, _what, asked, change) => {
    expect(await answerTo(asked, change)).toBe(expected);
    expect(s3.bucket('bucket').get('new')).toBeUndefined();
  });
});

describe('temporary credentials', () => {
  const as = { accessKeyId: 'temporary', secretAccessKey: 'secret', sessionToken: 'token/+=' };

  it('are accepted with their token, and with no other', async () => {
    s3.credentials = [as];

    expect(await answerTo(put({ as }))).toBe('200');
    expect(await answerTo(put({ as: { ...as, sessionToken: 'another' } }))).toBe('403 InvalidAccessKeyId');
    expect(await answerTo(put({ as: { accessKeyId: 'temporary', secretAccessKey: 'secret' } }))).toBe(
      '403 InvalidAccessKeyId',
    );
  });

  it('are rejected by name once they have expired', async () => {
    s3.credentials = [{ ...as, expiration: new Date(Date.now() - 1000) }];

    expect(await answerTo(put({ as }))).toBe('400 ExpiredToken');
  });
});

describe('a server for any credentials', () => {
  it('accepts unsigned requests, and still checks bodies against their hashes', async () => {
    s3.credentials = 'any';

    expect(await answerTo(put(), change({ authorization: undefined }))).toBe('200');
    expect(await answerTo(put({ payloadHash: '0'.repeat(64) }))).toBe('400 XAmzContentSHA256Mismatch');
  });
});

function authorizationOf({ headers }: RawRequest): string {
  return headers.find(([name]) => name === 'authorization')?.[1] ?? '';
}
