import type { SiteObject } from '../e2e/site';

const HEADERS = {
  ContentType: 'text/html; charset=utf-8',
  CacheControl: 'max-age=60',
  ContentDisposition: 'inline',
  ContentLanguage: 'de',
};

/** A kind of object by its name, which is the end of its key. */
export const KINDS: readonly SiteObject[] = [
  { key: 'kinds/small', content: 'content' },
  { key: 'kinds/empty', content: '' },
  { key: 'kinds/folder/', content: '' },
  { key: 'kinds/headers', content: 'content', headers: HEADERS },
  { key: 'kinds/encoding', content: 'as if it were compressed', headers: { ContentEncoding: 'gzip' } },
  { key: 'kinds/expires', content: 'content', expires: new Date('2037-10-21T07:28:00Z') },
  { key: 'kinds/metadata', content: 'content', metadata: { team: 'blue', 'a-number': '1' } },
  { key: 'kinds/metadata-beyond-ascii', content: 'content', metadata: { who: '=?UTF-8?Q?Zo=C3=AB?=' } },
  { key: 'kinds/much-metadata', content: 'content', metadata: { a: 'a'.repeat(900), b: 'b'.repeat(900) } },
  { key: 'kinds/tags', content: 'content', tags: { team: 'blue', 'cost centre': '1 + 1' } },
  { key: 'kinds/class', content: 'content', storageClass: 'STANDARD_IA' },
  { key: 'kinds/redirect', content: '', headers: { WebsiteRedirectLocation: '/elsewhere' } },
  { key: 'kinds/checksum', content: 'content', checksum: 'SHA256' },
  { key: 'kinds/one-part', content: 'the only part', parts: 1 },
  { key: 'kinds/parts', content: 'the last part', parts: 3 },
  {
    key: 'kinds/parts-with-all',
    content: 'last',
    parts: 2,
    metadata: { team: 'blue' },
    headers: { CacheControl: 'no-cache', ContentType: 'text/css' },
  },
  { key: 'kinds/parts-with-tags', content: 'last', parts: 2, tags: { team: 'blue' } },
  { key: 'kinds/parts-with-checksum', content: 'last', parts: 2, checksum: 'SHA256' },
];
