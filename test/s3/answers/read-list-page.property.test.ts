import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';
import { HttpResponse } from '@smithy/core/protocols';
import fc from 'fast-check';
import { listBySdk } from '../../../bench/cpu/sdk-source';
import type { ObjectPage } from '../../../lambdas/engine/ports/bucket-reader';
import { readListPage } from '../../../lambdas/s3/answers/read-list-page';
import { randomCases } from '../../support/length';
import { type Entry, entry, renderPage, type Style, style } from '../../support/list-pages';

const BUCKET = 'a-bucket';

/** What the SDK makes of an answer. Between elements it takes spaces without a line end for text, and loses the elements. */
async function readBySdk(body: string, prefix: string): Promise<ObjectPage> {
  const client = new S3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: {
      handle: async () => ({
        response: new HttpResponse({
          statusCode: 200,
          body: Readable.from([Buffer.from(body.replaceAll(/>[ \t]+</g, '><'))]),
        }),
      }),
    },
  });
  return listBySdk(client, { bucket: BUCKET, prefix });
}

const read = (body: string, prefix: string) => readListPage(Buffer.from(body), BUCKET, prefix);

const page = fc
  .record({
    style,
    prefix: fc.constantFrom('', 'site/', 'a b/', 'ü/'),
    entries: fc.array(entry, { maxLength: 6 }),
    next: fc.option(fc.constantFrom('token', '1/ab+c=', 'a&b'), { nil: undefined }),
  })
  .filter(({ prefix, entries }) => entries.every(({ key }) => Buffer.byteLength(prefix + key) <= 1024));
type Page = { style: Style; prefix: string; entries: Entry[]; next?: string };

const render = ({ style, prefix, entries, next }: Page) => renderPage(style, { bucket: BUCKET, prefix, entries, next });

describe('a list page, however a server writes it,', () => {
  it('is read as the SDK reads it', async () => {
    await fc.assert(
      fc.asyncProperty(page, async (page) => {
        const body = render(page);

        expect(read(body, page.prefix)).toEqual(await readBySdk(body, page.prefix));
      }),
      randomCases({ quick: 15, full: 100 }),
    );
  });

  it('that was damaged is read as the SDK reads it, or refused', async () => {
    await fc.assert(
      fc.asyncProperty(page, fc.nat(), fc.nat(40), damage, async (page, where, length, change) => {
        const body = render(page);
        const at = where % body.length;
        const damaged = body.slice(0, at) + change(body.slice(at, at + length), body) + body.slice(at + length);
        const scanned = attempt(() => read(damaged, page.prefix));
        if (scanned instanceof Error) {
          expect(scanned.name).toBe('ListingError');
          return;
        }
        expect(scanned).toEqual(await readBySdk(damaged, page.prefix));
      }),
      randomCases({ quick: 120, full: 1000 }),
    );
  });

  it('is rejected wherever it is cut off', () => {
    fc.assert(
      fc.property(page, fc.nat(), (page, where) => {
        const body = render(page).trimEnd();

        expect(() => read(body.slice(0, where % body.length), page.prefix)).toThrow(
          expect.objectContaining({ name: 'ListingError' }),
        );
      }),
      randomCases({ quick: 120, full: 1000 }),
    );
  });
});

/** What may stand in the place of a piece of the document. */
const damage: fc.Arbitrary<(piece: string, body: string) => string> = fc.oneof(
  fc.constant(() => ''),
  fc.constant((piece: string) => piece + piece),
  fc.constant((piece: string) => [...piece].reverse().join('')),
  fc
    .constantFrom('<', '>', '&', '"', ' ', '\n', '\r', '/', '0', '9', 'Z', '-', '%', '+', 'é')
    .map((text) => (piece: string) => text + piece),
  fc
    .constantFrom(
      '&amp;',
      '&#65;',
      '&#x110000;',
      '&nbsp;',
      '<Key>',
      '</Key>',
      '<x/>',
      '</Contents>',
      '<Contents>',
      '<![CDATA[a]]>',
      '<!-- -->',
      '<Size>1</Size>',
    )
    .map((text) => () => text),
  fc.nat().map((from) => (piece: string, body: string) => body.slice(from % body.length).slice(0, piece.length)),
);

function attempt<T>(task: () => T): T | Error {
  try {
    return task();
  } catch (error) {
    return error as Error;
  }
}
