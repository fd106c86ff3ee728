import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { ByteSigner } from '../../../lambdas/s3/client/byte-signer';
import { Sha256 } from '../../../lambdas/s3/client/sha256';

const REGION = 'eu-west-1';
const printable = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });
const credentials = fc.record(
  { accessKeyId: fc.string({ minLength: 1 }), secretAccessKey: fc.string({ minLength: 1 }), sessionToken: printable },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
);
/** Some of them are never signed. */
const named = fc.constantFrom(
  'cache-control',
  'content-type',
  'expires',
  'content-md5',
  'X-Amzn-Trace-Id',
  'sec-a',
  'X-A',
);
const metadata = printable.map((text) => `x-amz-meta-${text.replace(/[^a-z]/gi, '').toLowerCase()}`);
const value = fc.array(fc.oneof(printable, fc.constantFrom(' ', '\t', '  a\t \tb ')), { maxLength: 3 });
const headers = fc
  .tuple(
    fc.dictionary(named, printable),
    fc.dictionary(
      metadata,
      value.map((parts) => parts.join('')),
    ),
  )
  .map(([some, others]) => ({ ...some, ...others }));
const request = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'HEAD', 'DELETE', 'POST'),
  path: fc.webPath().map((path) => path || '/'),
  query: fc.dictionary(fc.constantFrom('list-type', 'x-id', 'uploads', 'start-after', 'a!b'), fc.string()),
  headers,
  body: fc.option(fc.oneof(fc.string(), fc.uint8Array()), { nil: undefined }),
});
const at = fc.date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });

const SAME = { accessKeyId: 'id', secretAccessKey: 'secret' };
const PLAIN = { method: 'GET', path: '/', query: {}, headers: {}, body: undefined } as const;
const twoDays = ['2026-01-01T23:59:59Z', '2026-01-02T00:00:00Z'].map((time): [typeof SAME, typeof PLAIN, Date] => [
  SAME,
  PLAIN,
  new Date(time),
]);

it('signs as the SDK does, with one key after the other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(credentials, request, at), { minLength: 1, maxLength: 4 }), async (signings) => {
      let current = (signings[0] as (typeof signings)[number])[0];
      const ours = new ByteSigner(async () => current, REGION, 's3');
      for (const [identity, options, signingDate] of signings) {
        current = identity;
        const theirs = new SignatureV4({
          credentials: identity,
          region: REGION,
          service: 's3',
          sha256: Sha256,
          uriEscapePath: false,
        });
        const unsigned = new HttpRequest({
          hostname: 'a-bucket.s3',
          ...options,
          headers: { host: 'a-bucket.s3', ...options.headers },
        });

        const signed = await ours.sign(unsigned, signingDate);

        expect(signed).toEqual(await theirs.sign(unsigned, { signingDate }));
      }
    }),
    { examples: [[twoDays]] },
  );
});

it('leaves the request as it is, so that another attempt can sign it again', async () => {
  const unsigned = new HttpRequest({ headers: { host: 'a-bucket.s3' } });
  const signer = new ByteSigner(async () => ({ accessKeyId: 'id', secretAccessKey: 'secret' }), REGION, 's3');

  await signer.sign(unsigned, new Date());

  expect(unsigned.headers).toEqual({ host: 'a-bucket.s3' });
});

it('does not hash a body that is a stream', async () => {
  const unsigned = new HttpRequest({ body: (async function* () {})() });
  const signer = new ByteSigner(async () => ({ accessKeyId: 'id', secretAccessKey: 'secret' }), REGION, 's3');

  expect((await signer.sign(unsigned, new Date())).headers).toMatchObject({
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
  });
});
