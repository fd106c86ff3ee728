import { past, useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';

const mirror = useMirror();
/** As S3 keeps a header: a character is a byte. */
const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

it.each([
  ['UTF-8', utf8('attachment; filename="Übersicht – 文.pdf"')],
  ['UTF-8 with a no-break space', utf8('à\u00a0la carte')],
  ['no UTF-8', '1 \xa9\xa0.jpg'],
])('copies an object in parts with every header byte for byte, in %s', async (_what, value) => {
  const { source, destination, input } = mirror.createPair();
  const system = {
    'content-type': `text/plain; name="${value}"`,
    'cache-control': value,
    'content-disposition': value,
    'content-encoding': value,
    'content-language': value,
    expires: value,
  };
  const websiteRedirect = `/${value}`;
  putInParts(source, 'large', [5 * MIB, 1], { lastModified: past, system, websiteRedirect, user: { a: 'ü ' } });
  source.put('empty', '', { lastModified: past, system, websiteRedirect });

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2 } });
  for (const key of ['large', 'empty']) {
    expect(destination.get(key)).toMatchObject({ metadata: source.get(key)?.metadata, websiteRedirect });
  }
  expect(mirror.s3.requests.of('UploadPartCopy')).toBe(2);
});
