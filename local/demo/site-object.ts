import { createHash } from 'node:crypto';
import type { PutAttributes } from '../s3';

export interface SiteObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** The seed of the content. Another pattern gives other bytes of the same size. */
  readonly pattern: string;
  readonly attributes: PutAttributes;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The kinds of files of a site, with the headers a careful web team gives them. */
const HEADERS: Readonly<Record<string, Record<string, string>>> = {
  html: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'public, max-age=300' },
  css: { 'content-type': 'text/css', 'cache-control': 'public, max-age=31536000, immutable' },
  js: { 'content-type': 'text/javascript', 'cache-control': 'public, max-age=31536000, immutable' },
  map: { 'content-type': 'application/json', 'cache-control': 'private, max-age=0' },
  woff2: { 'content-type': 'font/woff2', 'cache-control': 'public, max-age=31536000, immutable' },
  webp: { 'content-type': 'image/webp', 'cache-control': 'public, max-age=604800' },
  svg: { 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=604800' },
  json: { 'content-type': 'application/json', 'cache-control': 'no-cache' },
  xml: { 'content-type': 'application/xml', 'cache-control': 'public, max-age=3600' },
  txt: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'public, max-age=3600' },
  pdf: { 'content-type': 'application/pdf', 'content-disposition': 'attachment' },
  zip: { 'content-type': 'application/zip', 'content-disposition': 'attachment' },
  mp4: { 'content-type': 'video/mp4', 'cache-control': 'public, max-age=604800' },
};

/** An object whose size, age, user metadata and tags follow from its key, so that every demo is the same. */
export function siteObject(key: string, typicalBytes: number, now: Date): SiteObject {
  const chance = chanceOf(key);
  const ageDays = 40 + chance(1) * 700;
  return {
    key,
    sizeBytes: key.endsWith('/') ? 0 : Math.round(typicalBytes * (0.4 + 1.2 * chance(0))),
    pattern: `${key}\n`,
    attributes: {
      lastModified: new Date(now.getTime() - ageDays * DAY_MS),
      system: { ...HEADERS[extension(key)], ...language(key) },
      user: { build: digest(key).slice(0, 7), ...(key.startsWith('images/') ? { photographer: 'Zoë Łukasik' } : {}) },
      tags: chance(2) < 0.15 ? [['team', key.startsWith('blog/') ? 'editors' : 'shop']] : [],
    },
  };
}

/** A random number from 0 to 1 that follows from the key: always the same for the same `throwNumber`. */
export function chanceOf(key: string): (throwNumber: number) => number {
  const bytes = createHash('sha256').update(key).digest();
  return (throwNumber) => bytes.readUInt32BE(throwNumber * 4) / 2 ** 32;
}

/** At least eight hex digits, as in the names of built assets. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function extension(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1).toLowerCase();
}

function language(key: string): Record<string, string> {
  const [, code] = /^(en|de|ja)\//.exec(key) ?? [];
  return code ? { 'content-language': code } : {};
}
