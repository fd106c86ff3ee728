import { type Bucket, bodyBytes } from '../../local/s3';

/** A page with scripts that it names. */
export function page(...scripts: string[]): string {
  return scripts.map((script) => `<script src="/${script}"></script>`).join('\n');
}

/** Where a browser asks: a bucket, or an edge cache before it. */
export interface Site {
  /** @returns undefined if there is no such object */
  fetch(path: string): string | undefined;
}

/** A bucket as a website. */
export class Origin implements Site {
  constructor(private readonly bucket: Bucket) {}

  fetch(path: string): string | undefined {
    const object = this.bucket.get(path === '' || path.endsWith('/') ? `${path}index.html` : path);
    return object && bodyBytes(object.body).toString('utf8');
  }
}

/** Keeps each answer, also that there is no such object, until its path is invalidated: nothing expires during a run. */
export class EdgeCache implements Site {
  readonly #kept = new Map<string, string | undefined>();

  /** @param keeps  whether it keeps a path: it may have dropped any for want of room */
  constructor(
    private readonly origin: Site,
    private readonly keeps: (path: string) => boolean = () => true,
  ) {}

  fetch(path: string): string | undefined {
    if (!this.keeps(path)) return this.origin.fetch(path);
    if (!this.#kept.has(path)) this.#kept.set(path, this.origin.fetch(path));
    return this.#kept.get(path);
  }

  /** @param isMatch  whether an invalidated path, such as `/blog/*`, covers the path of a request */
  invalidate(invalidated: readonly string[], isMatch: (invalidated: string, path: string) => boolean): void {
    for (const path of this.#kept.keys())
      if (invalidated.some((each) => isMatch(each, `/${path}`))) this.#kept.delete(path);
  }
}

/**
 * Readers of a site. After each single change of the bucket, one opens each page and all that it names, and another one, who has opened
 * the pages before, loads only now what they name.
 */
export class Readers {
  /** What was missing on a page that was opened in the same moment: `<page>: <asset>`. */
  readonly missing = new Set<string>();
  /** What was missing on a page that was opened before. */
  readonly missingLater = new Set<string>();
  readonly #opened: readonly (readonly [path: string, text: string | undefined])[];

  /** @param paths  of the pages that are read */
  constructor(
    bucket: Bucket,
    private readonly site: Site,
    private readonly paths: readonly string[],
  ) {
    this.#opened = this.#open();
    afterEachChange(bucket, () => this.look());
    this.look();
  }

  look(): void {
    this.#load(this.#open(), this.missing);
    this.#load(this.#opened, this.missingLater);
  }

  #open() {
    return this.paths.map((path) => [path, this.site.fetch(path)] as const);
  }

  #load(pages: readonly (readonly [string, string | undefined])[], missing: Set<string>): void {
    for (const [path, text] of pages)
      for (const asset of assetsOf(text)) if (this.site.fetch(asset) === undefined) missing.add(`${path}: ${asset}`);
  }
}

function assetsOf(text = ''): string[] {
  return [...text.matchAll(/src="\/([^"]+)"/g)].map(([, asset = '']) => asset);
}

function afterEachChange(bucket: Bucket, act: () => void): void {
  for (const method of ['add', 'remove'] as const) {
    const change = bucket[method].bind(bucket) as (...args: never[]) => never;
    const watched = (...args: never[]) => {
      const changed = change(...args);
      act();
      return changed;
    };
    Object.assign(bucket, { [method]: watched });
  }
}
