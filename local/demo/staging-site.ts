import { digest, type SiteObject, siteObject } from './site-object';

const KB = 1024;
const MB = 1024 * KB;

const LANGUAGES = ['en', 'de', 'ja'];
const ORIGINS = [
  'ethiopia',
  'colombia',
  'kenya',
  'guatemala',
  'sumatra',
  'brazil',
  'rwanda',
  'panama',
  'peru',
  'yemen',
];
const ROASTS = ['light', 'medium', 'dark', 'espresso', 'filter', 'decaf'];
const BAGS = ['250g', '500g', '1kg'];
const TOPICS = ['brewing-guide', 'farm-visit', 'new-harvest', 'latte-art', 'roasting-notes', 'behind-the-counter'];
const YEARS = [2019, 2020, 2021, 2022, 2023, 2024];

/** Legal keys that many tools handle wrongly. */
const AWKWARD_KEYS = [
  '.well-known/security.txt',
  '/leading-slash.txt',
  'blog//double-slash.html',
  'blog/../not-a-parent.html',
  'downloads/',
  'downloads/Price list 2025 (EUR+CHF).pdf',
  'downloads/100% arabica.pdf',
  'downloads/100%25 encoded.pdf',
  'downloads/C#, Q&A = "why?" <draft>.txt',
  "downloads/it's ~ok!*'().txt",
  'downloads/back\\slash.txt',
  'downloads/tab\there.txt',
  'downloads/plus+plus++.txt',
  'images/',
  'images/crema-nfc-é.webp',
  'images/crema-nfd-e\u0301.webp',
  'images/latte art ☕️.webp',
  'images/\uFFEE-before-the-emoji.webp',
  'images/\u{1F600}-after-it-in-utf-8.webp',
  'images/コーヒー豆/浅煎り.webp',
  'press/新闻稿/2025 春季.html',
  'press/تحميص القهوة.html',
  'uploads/empty-folder/',
  `archive/${'deep/'.repeat(200)}end.txt`,
];

/** A coffee roaster's web site: some 5,000 objects in nested folders, most of them small, a few large. */
export function* stagingSite(now: Date): Generator<SiteObject> {
  for (const [key, typicalBytes] of siteKeys()) yield siteObject(key, typicalBytes, now);
}

/** Keys with a typical size for objects of their kind. */
function* siteKeys(): Generator<[key: string, typicalBytes: number]> {
  yield* [
    ['robots.txt', 200],
    ['sitemap.xml', 60 * KB],
    ['index.html', 14 * KB],
    ['404.html', 4 * KB],
  ] satisfies [string, number][];
  yield* assets();
  yield* products();
  yield* blog();
  for (let shard = 0; shard < 128; shard++) yield [`data/search/${shard.toString(16).padStart(2, '0')}.json`, 24 * KB];
  yield ['downloads/videos/roastery-tour.mp4', 48 * MB];
  yield ['downloads/press-kit.zip', 31 * MB];
  yield ['downloads/catalogue-2025.pdf', 18 * MB];
  for (const key of AWKWARD_KEYS) yield [key, 3 * KB];
}

/** Names with the digest of their content, as bundlers write them. */
function* assets(): Generator<[string, number]> {
  for (let chunk = 0; chunk < 150; chunk++) {
    const name = `assets/chunk-${chunk}.${digest(`chunk ${chunk}`).slice(0, 8)}`;
    yield [`${name}.js`, 18 * KB];
    yield [`${name}.js.map`, 30 * KB];
    yield [`${name}.css`, 6 * KB];
  }
  for (let weight = 100; weight <= 900; weight += 100) {
    yield [`assets/fonts/inter-${weight}.${digest(`inter ${weight}`).slice(0, 8)}.woff2`, 40 * KB];
  }
}

function* products(): Generator<[string, number]> {
  for (const origin of ORIGINS) {
    for (const roast of ROASTS) {
      for (const bag of BAGS) {
        const product = `${origin}-${roast}-${bag}`;
        for (const language of LANGUAGES) {
          yield [`${language}/shop/${origin}/${product}/index.html`, 9 * KB];
          yield [`${language}/shop/${origin}/${product}/reviews.html`, 5 * KB];
        }
        for (const width of [320, 640, 960, 1280, 1920]) yield [`images/products/${product}/${width}.webp`, width * 40];
        yield [`data/products/${product}.json`, 2 * KB];
      }
    }
  }
}

function* blog(): Generator<[string, number]> {
  for (const year of YEARS) {
    for (let day = 0; day < 360; day += 3) {
      const date = `${year}/${twoDigits(1 + Math.floor(day / 30))}/${twoDigits(1 + (day % 30))}`;
      const slug = `${TOPICS[(day + year) % TOPICS.length]}`;
      yield [`blog/${date}/${slug}/index.html`, 7 * KB];
      for (const picture of ['cover', 'figure']) yield [`blog/${date}/${slug}/${picture}.webp`, 26 * KB];
    }
    yield [`blog/${year}/feed.xml`, 20 * KB];
  }
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
