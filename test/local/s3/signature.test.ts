import { decodeAwsChunked } from '../../../local/s3/aws-chunked';
import { canonicalRequest } from '../../../local/s3/canonical-request';
import { proveSignature } from '../../../local/s3/signature';
import type { WireRequest } from '../../../local/s3/wire-request';

/** Of the examples in "Authenticating Requests (AWS Signature Version 4)", Amazon S3 API Reference. */
const EXAMPLE = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const NOW = new Date('2013-05-24T00:00:00Z');
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const CREDENTIAL = `${EXAMPLE.accessKeyId}/20130524/us-east-1/s3/aws4_request`;

function wire(method: string, target: string, headers: Record<string, string>): WireRequest {
  const [path = '', query = ''] = target.split('?');
  const all = { host: 'examplebucket.s3.amazonaws.com', ...headers };
  return { method, path, query, headers: new Map(Object.entries(all).map(([name, value]) => [name, [value]])) };
}

const authorization = (signedHeaders: string, signature: string) =>
  `AWS4-HMAC-SHA256 Credential=${CREDENTIAL},SignedHeaders=${signedHeaders},Signature=${signature}`;

function signed(method: string, target: string, headers: Record<string, string>, signature: string): WireRequest {
  const all = { 'x-amz-content-sha256': EMPTY, 'x-amz-date': '20130524T000000Z', ...headers };
  const names = [...new Set(['host', ...Object.keys(all)])].sort().join(';');
  return wire(method, target, { ...all, authorization: authorization(names, signature) });
}

const examples: [name: string, request: WireRequest][] = [
  [
    'GET Object',
    signed(
      'GET',
      '/test.txt',
      { range: 'bytes=0-9' },
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ),
  ],
  [
    'PUT Object',
    signed(
      'PUT',
      '/test%24file.text',
      {
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      },
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    ),
  ],
  [
    'GET Bucket Lifecycle',
    signed('GET', '/?lifecycle', {}, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'),
  ],
  [
    'List Objects',
    signed('GET', '/?max-keys=2&prefix=J', {}, '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'),
  ],
  [
    'a presigned URL',
    wire(
      'GET',
      `/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(CREDENTIAL)}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
      {},
    ),
  ],
];

describe('a signature', () => {
  it.each(examples)('of AWS’s own example is right: %s', (_name, request) => {
    expect(proveSignature(request, [EXAMPLE], NOW)).toMatchObject({ accessKeyId: EXAMPLE.accessKeyId });
  });

  it.each(examples)('is wrong under another secret: %s', (_name, request) => {
    const others = [{ ...EXAMPLE, secretAccessKey: 'another' }];

    expect(() => proveSignature(request, others, NOW)).toThrow(
      expect.objectContaining({ code: 'SignatureDoesNotMatch' }),
    );
  });

  it('of a presigned URL is rejected once it has expired', () => {
    const [, presigned] = examples.at(-1) as (typeof examples)[number];

    expect(() => proveSignature(presigned, [EXAMPLE], new Date('2013-05-25T00:00:01Z'))).toThrow('Request has expired');
  });
});

describe('white space of a signed value', () => {
  const canonical = (value: string) => {
    const request = wire('PUT', '/key', { 'x-amz-meta-a': value });
    return canonicalRequest(request, ['x-amz-meta-a'], EMPTY).split('\n')[3];
  };

  it.each([
    ['a tab', 'a\tb', 'a b'],
    ['several tabs and spaces', '\ta \t\t b ', 'a b'],
    ['spaces', ' a   b  ', 'a b'],
    ['a no-break space, which is none', 'a\xa0\xa0b\xa0', 'a\xa0\xa0b\xa0'],
    ['a form feed, which is none', 'a\f b', 'a\f b'],
  ])('is folded to one space: %s', (_what, value, signed) => {
    expect(canonical(value)).toBe(`x-amz-meta-a:${signed}`);
  });
});

describe('the signatures of chunks', () => {
  const headers = {
    'content-encoding': 'aws-chunked',
    'content-length': '66824',
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'x-amz-decoded-content-length': '66560',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
  };
  const seed = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9';
  const prove = () =>
    proveSignature(
      signed('PUT', '/examplebucket/chunkObject.txt', { ...headers, host: 's3.amazonaws.com' }, seed),
      [EXAMPLE],
      NOW,
    );
  const chunk = (bytes: number, signature: string) =>
    `${bytes.toString(16)};chunk-signature=${signature}\r\n${'a'.repeat(bytes)}\r\n`;
  const body = [
    chunk(65536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'),
    chunk(1024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'),
    chunk(0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'),
  ];

  it('are right in AWS’s own example', () => {
    expect(decodeAwsChunked(Buffer.from(body.join('')), prove()).bytes).toHaveLength(66560);
  });

  it.each([
    ['a byte is another one', body.join('').replace('aaa', 'aba')],
    ['a chunk is missing', [body[0], body[2]].join('')],
    ['chunks have changed places', [body[1], body[0], body[2]].join('')],
  ])('are wrong when %s', (_what, sent) => {
    expect(() => decodeAwsChunked(Buffer.from(sent), prove())).toThrow(
      expect.objectContaining({ code: 'SignatureDoesNotMatch' }),
    );
  });
});
