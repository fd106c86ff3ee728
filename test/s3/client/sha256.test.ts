import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { Sha256 } from '../../../lambdas/s3/client/sha256';

const hex = (digest: Uint8Array) => Buffer.from(digest).toString('hex');

async function digestOf(hash: Sha256, pieces: readonly Uint8Array[]): Promise<string> {
  for (const piece of pieces) hash.update(piece);
  return hex(await hash.digest());
}

it('hashes as Node.js does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array()), async (pieces) => {
      expect(await digestOf(new Sha256(), pieces)).toBe(
        createHash('sha256').update(Buffer.concat(pieces)).digest('hex'),
      );
    }),
  );
});

it('signs as Node.js does, with secrets of text and of bytes in turn', async () => {
  const secret = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array());
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(secret, fc.uint8Array()), { maxLength: 6 }), async (signings) => {
      for (const [key, data] of [...signings, ...signings]) {
        expect(await digestOf(new Sha256(key), [data])).toBe(createHmac('sha256', key).update(data).digest('hex'));
      }
    }),
  );
});

it('accepts a part of a larger buffer as a secret', async () => {
  const key = Buffer.from('not this: secret').subarray(10);

  expect(await digestOf(new Sha256(key), [])).toBe(createHmac('sha256', 'secret').digest('hex'));
});

it('begins again when it is reset', async () => {
  const hash = new Sha256('secret');
  hash.update(Buffer.from('forgotten'));
  hash.reset();

  expect(await digestOf(hash, [Buffer.from('data')])).toBe(createHmac('sha256', 'secret').update('data').digest('hex'));
});
