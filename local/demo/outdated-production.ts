import { chanceOf, digest, type SiteObject, siteObject } from './site-object';

/** How an object at production compares with staging's. */
export type Difference = 'unchanged' | 'missing' | 'changed' | 'changed-same-size' | 'changed-headers';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** Which of staging's objects were changed since production was last published. */
export function differenceOf(key: string): Difference {
  const chance = chanceOf(`${key} at production`)(0);
  if (chance < 0.11) return 'missing';
  if (chance < 0.15) return 'changed';
  if (chance < 0.17) return 'changed-same-size';
  if (chance < 0.18) return 'changed-headers';
  return 'unchanged';
}

/** Staging as it is now: changed objects have a date of the last four weeks. */
export function afterChange(object: SiteObject, now: Date): SiteObject {
  if (differenceOf(object.key) === 'unchanged') return object;
  const ageMs = (2 + chanceOf(object.key)(3) * 26) * DAY_MS;
  return { ...object, attributes: { ...object.attributes, lastModified: new Date(now.getTime() - ageMs) } };
}

/**
 * The same object at production; undefined if it is missing there. Unchanged objects were published a few hours after they
 * were made at staging. Changed objects were published before the change.
 */
export function atProduction(object: SiteObject): SiteObject | undefined {
  const { attributes, sizeBytes } = object;
  const madeAt = attributes.lastModified?.getTime() ?? 0;
  const published = { ...attributes, lastModified: new Date(madeAt + HOUR_MS) };
  const before = { ...attributes, lastModified: new Date(madeAt - 30 * DAY_MS) };
  switch (differenceOf(object.key)) {
    case 'missing':
      return undefined;
    case 'unchanged':
      return { ...object, attributes: published };
    case 'changed':
      return { ...object, sizeBytes: Math.ceil(sizeBytes * 0.9), pattern: `old ${object.pattern}`, attributes: before };
    case 'changed-same-size':
      return { ...object, pattern: `old ${object.pattern}`, attributes: before };
    case 'changed-headers':
      return { ...object, attributes: { ...before, system: { ...attributes.system, 'cache-control': 'max-age=60' } } };
  }
}

/** What staging has deleted: old builds, a campaign that is over, and a few keys that are awkward to delete. */
export function* orphans(now: Date): Generator<SiteObject> {
  for (let chunk = 0; chunk < 120; chunk++) {
    const name = `assets/chunk-${chunk}.${digest(`last month's chunk ${chunk}`).slice(0, 8)}`;
    for (const suffix of ['js', 'js.map', 'css']) yield siteObject(`${name}.${suffix}`, 16_000, now);
  }
  for (let day = 1; day <= 24; day++) yield siteObject(`en/advent-2023/day-${day}/index.html`, 6_000, now);
  for (const key of [
    'downloads/old price list (EUR+CHF) 50%.pdf',
    'images/winter ❄️.webp',
    'blog//',
    'tmp/\u0001.txt',
  ]) {
    yield siteObject(key, 2_000, now);
  }
}
