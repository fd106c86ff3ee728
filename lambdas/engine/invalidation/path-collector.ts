import type { PathRules } from './paths-of-key';

/** In addition to the paths of single objects. Each costs one path, and CloudFront works on 15 at a time. */
const MOST_WILDCARDS = 5;

/** More than this are joined at once, so that memory does not grow. */
const MOST_AT_HAND = 1_000;

/**
 * Collects paths, and keeps few of them.
 *
 * | paths | result |
 * | --- | --- |
 * | no more than `maxPaths`, of them no more than 5 with `*` | these paths |
 * | more | those at the root, and the longest common folders of all others as wildcards |
 * | still more, or their only common folder is the root | `/*` |
 */
export class PathCollector {
  /** Without `*`. */
  readonly #single = new Set<string>();
  /** What stands before `*`. */
  #wildcards = new Set<string>();
  #isFolded = false;
  #isEverything = false;

  /** The folder that viewers see as the root: `/`, or `/app/`. */
  readonly #root: string;
  /** How all paths begin: `/app` if that path is one of them, too. */
  readonly #everything: string;

  constructor(
    private readonly maxPaths: number,
    { viewerPrefix, bareFolders }: Pick<PathRules, 'viewerPrefix' | 'bareFolders'>,
  ) {
    this.#root = `${viewerPrefix}/`;
    this.#everything = bareFolders && viewerPrefix !== '' ? viewerPrefix : this.#root;
  }

  /** Whether more paths make no difference. */
  get isEverything(): boolean {
    return this.#isEverything;
  }

  add(path: string): void {
    if (this.#isEverything) return;
    if (path.endsWith('*')) this.#addWildcard(path.slice(0, -1));
    else if (this.#isFolded) this.#fold(path);
    else this.#single.add(path);
    if (!this.#isFolded && this.#single.size > this.maxPaths) this.#foldAll();
    if (this.#single.size > this.maxPaths) this.addEverything();
  }

  addEverything(): void {
    this.#isEverything = true;
    this.#single.clear();
    this.#wildcards = new Set([this.#everything]);
  }

  /** @returns in order, without those that a wildcard includes */
  finish(): string[] {
    this.#join(this.#mostWildcards);
    if (!this.#isFolded && this.#reduced().length > this.maxPaths) {
      this.#foldAll();
      this.#join(this.#mostWildcards);
    }
    if (this.#reduced().length > this.maxPaths) this.addEverything();
    return this.#reduced();
  }

  get #mostWildcards(): number {
    return Math.min(MOST_WILDCARDS, this.maxPaths);
  }

  #addWildcard(prefix: string): void {
    this.#wildcards.add(prefix);
    if (this.#wildcards.size > MOST_AT_HAND) this.#join(MOST_AT_HAND / 2);
  }

  #foldAll(): void {
    this.#isFolded = true;
    const paths = [...this.#single];
    this.#single.clear();
    for (const path of paths) this.#fold(path);
  }

  /** At the root are the pages that change most often, and a wildcard for them would be one for everything. */
  #fold(path: string): void {
    const folder = folderOf(path);
    if (folder.length <= this.#root.length) this.#single.add(path);
    else this.#addWildcard(folder);
  }

  /** Joins the two with the longest common folder until there are no more than `most`. */
  #join(most: number): void {
    let left = outermost(this.#wildcards);
    while (left.length > most) {
      const folders = left.slice(1).map((prefix, index) => commonFolder(left[index] ?? '', prefix));
      const longest = folders.reduce((one, other) => (other.length > one.length ? other : one), '');
      if (longest.length <= this.#root.length) {
        this.addEverything();
        return;
      }
      left = outermost([...left, longest]);
    }
    this.#wildcards = new Set(left);
  }

  #reduced(): string[] {
    const wildcards = outermost(this.#wildcards);
    const single = [...this.#single].filter((path) => !wildcards.some((prefix) => path.startsWith(prefix)));
    return [...single.sort(), ...wildcards.map((prefix) => `${prefix}*`)];
  }
}

/** Those that no other one begins, in order. */
function outermost(prefixes: Iterable<string>): string[] {
  const kept: string[] = [];
  for (const prefix of [...prefixes].sort()) {
    const last = kept.at(-1);
    if (last === undefined || !prefix.startsWith(last)) kept.push(prefix);
  }
  return kept;
}

/** `/a/` of `/a/b`, and of `/a/`. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function commonFolder(one: string, other: string): string {
  let end = 0;
  while (end < one.length && one[end] === other[end]) end += 1;
  return folderOf(one.slice(0, end));
}
