import { type GlobToken, SLASH } from '../../../statemachine/input/glob-syntax';

/** What a path through a glob's tokens has passed right before the next token. */
enum Stage {
  /** nothing: the next token is the first one */
  start,
  /** a slash */
  part,
  /** a character or a set */
  inside,
  /** one star, or several: they match what comes */
  star,
  stars,
  /** stars at the beginning of a part. They match nothing, and the slash that must follow matches nothing either */
  skipStar,
  skipStars,
  /** a slash that matches nothing. The stars that must follow it at the end of the glob match nothing either */
  endSlash,
  endStar,
  endStars,
}

/** What a path describes. */
enum Extent {
  /** a whole key */
  exact,
  /** a whole key with or without slashes at its end, because there was a wildcard */
  wild,
  /** the last part of a key, because the path has no slash */
  lastPart,
}

/** A state is a number: its token's place, from 1 on, then four bits for the stage and two for the extent. */
const TOKEN_SHIFT = 6;
const STAGE_SHIFT = 2;
const STAGE_MASK = 15;
const EXTENT_MASK = 3;
/** Two states without a token: among the folders before the last part, and among the slashes behind a match. */
const FOLDERS = 0;
const SLASHES = 1;

const BEHIND_STAR: Partial<Record<Stage, Stage>> = {
  [Stage.star]: Stage.stars,
  [Stage.stars]: Stage.stars,
  [Stage.skipStar]: Stage.skipStars,
  [Stage.skipStars]: Stage.skipStars,
  [Stage.endSlash]: Stage.endStar,
  [Stage.endStar]: Stage.endStars,
  [Stage.endStars]: Stage.endStars,
};

/** The states that the characters of a key have led to so far. */
export interface StateSet {
  /** states from which another character may lead on, in no particular order */
  readonly states: Int32Array;
  /** equal for equal sets */
  readonly hash: number;
  /** the key matches if it ends here */
  readonly matches: boolean;
  /** the rest of the key does not matter */
  readonly isFinal: boolean;
}

/**
 * The nondeterministic automaton of some globs. A state is a token with a stage and an extent, so each token has at most
 * thirty states. So the time of a step is linear in the length of the globs, however stars and braces are combined.
 */
export class GlobStates {
  readonly #tokens: readonly GlobToken[];
  readonly #wholeKeys: number[] = [];
  readonly #lastParts: number[] = [];
  /** For each state the last step that reached it. */
  readonly #reached: Uint32Array;
  #step = 0;
  /** The states that the current step has reached. Only the first `#count` entries are valid. */
  readonly #states: Int32Array;
  #count = 0;
  #hash = 0;
  #matches = false;
  #isFinal = false;

  constructor(globs: readonly (readonly GlobToken[])[]) {
    const all: GlobToken[] = [];
    for (const tokens of globs) {
      const start = all.length;
      if (tokens.some(isSlash)) this.#wholeKeys.push(start);
      if (canAvoidSlashes(tokens)) this.#lastParts.push(start);
      for (const token of tokens) all.push(moved(token, start));
    }
    this.#tokens = all;
    this.#reached = new Uint32Array((all.length + 1) << TOKEN_SHIFT);
    // only five stages, with three extents each, can wait for a character
    this.#states = new Int32Array((all.length + 1) * 16);
  }

  start(): StateSet {
    this.#begin();
    for (const at of this.#wholeKeys) this.#reach(at, Stage.start, Extent.exact);
    if (this.#lastParts.length > 0) this.#reachLastPart();
    return this.#end();
  }

  next({ states }: StateSet, code: number): StateSet {
    this.#begin();
    for (const state of states) this.#pass(state, code);
    return this.#end();
  }

  /** Whether a set has the same states as the set that was made last. */
  isLast({ states, matches }: StateSet): boolean {
    if (states.length !== this.#count || matches !== this.#matches) return false;
    return states.every((state) => this.#reached[state] === this.#step);
  }

  #begin(): void {
    this.#step += 1;
    this.#count = 0;
    this.#hash = 0;
    this.#matches = false;
    this.#isFinal = false;
  }

  #end(): StateSet {
    const states = this.#states.slice(0, this.#count);
    const isDead = this.#count === 0 && !this.#matches;
    return { states, hash: this.#hash, matches: this.#matches, isFinal: this.#isFinal || isDead };
  }

  #pass(state: number, code: number): void {
    if (state > SLASHES) this.#passToken(state, code);
    else if (code === SLASH) state === FOLDERS ? this.#reachLastPart() : this.#reachSlashes();
    else if (state === FOLDERS) this.#add(FOLDERS);
  }

  #passToken(state: number, code: number): void {
    const extent: Extent = state & EXTENT_MASK;
    const stage: Stage = (state >> STAGE_SHIFT) & STAGE_MASK;
    const at = (state >> TOKEN_SHIFT) - 1;
    const token = this.#tokens[at] as GlobToken;
    if (stage === Stage.stars || (stage === Stage.star && code !== SLASH)) this.#reach(at, stage, extent);
    if (token.kind === 'end' && code === SLASH && extent !== Extent.exact) this.#reachSlashes();
    if (!takes(token, code)) return;
    const next = code === SLASH ? Stage.part : Stage.inside;
    this.#reach(at + 1, next, token.kind === 'set' ? behindWildcard(extent) : extent);
  }

  /** Reaches a state, and all states that follow without a character. */
  #reach(at: number, stage: Stage, extent: Extent): void {
    const state = ((at + 1) << TOKEN_SHIFT) | (stage << STAGE_SHIFT) | extent;
    if (this.#reached[state] === this.#step) return;
    this.#reached[state] = this.#step;
    const token = this.#tokens[at] as GlobToken;
    if (token.kind === 'fork') for (const to of token.to) this.#reach(to, stage, extent);
    else if (token.kind === 'star') this.#passStar(at, stage, behindWildcard(extent));
    else if (token.kind === 'end') this.#reachEnd(state, stage);
    else if (isSlash(token)) this.#reachSlash(at, stage, extent, state);
    else if (stage < Stage.skipStar) this.#keep(state);
  }

  #reachSlash(at: number, stage: Stage, extent: Extent, state: number): void {
    if (extent === Extent.lastPart) return;
    const mayMatchNothing = this.#tokens[at]?.kind === 'slash';
    if (stage === Stage.skipStars && mayMatchNothing) this.#reach(at + 1, Stage.part, extent);
    if (mayMatchNothing && (stage < Stage.skipStar || stage === Stage.endStars))
      this.#reach(at + 1, Stage.endSlash, extent);
    if (stage < Stage.skipStar) this.#keep(state);
  }

  #passStar(at: number, stage: Stage, extent: Extent): void {
    this.#reach(at + 1, BEHIND_STAR[stage] ?? Stage.star, extent);
    if (stage === Stage.start || stage === Stage.part) this.#reach(at + 1, Stage.skipStar, extent);
  }

  /** An empty path matches nothing. A path that skipped stars or a slash does not match if what must follow them is missing. */
  #reachEnd(state: number, stage: Stage): void {
    if (stage === Stage.start || (stage >= Stage.skipStar && stage !== Stage.endStars)) return;
    this.#matches = true;
    if (stage === Stage.stars) this.#isFinal = true;
    this.#keep(state);
  }

  #reachLastPart(): void {
    this.#add(FOLDERS);
    for (const at of this.#lastParts) this.#reach(at, Stage.start, Extent.lastPart);
  }

  #reachSlashes(): void {
    this.#matches = true;
    this.#add(SLASHES);
  }

  #add(state: number): void {
    if (this.#reached[state] === this.#step) return;
    this.#reached[state] = this.#step;
    this.#keep(state);
  }

  #keep(state: number): void {
    this.#states[this.#count] = state;
    this.#count += 1;
    this.#hash = (this.#hash + Math.imul(state + 1, 0x9e3779b1)) | 0;
  }
}

function moved(token: GlobToken, by: number): GlobToken {
  return token.kind === 'fork' ? { kind: 'fork', to: token.to.map((to) => to + by) } : token;
}

function isSlash(token: GlobToken): boolean {
  return token.kind === 'slash' || (token.kind === 'character' && token.code === SLASH);
}

/** Whether at least one of the globs that the braces stand for has no slash. */
function canAvoidSlashes(tokens: readonly GlobToken[]): boolean {
  const reached = new Set([0]);
  // the loop also visits what is added to the set meanwhile
  for (const at of reached) {
    const token = tokens[at];
    if (token === undefined || isSlash(token)) continue;
    for (const to of token.kind === 'fork' ? token.to : [at + 1]) reached.add(to);
  }
  return reached.has(tokens.length - 1);
}

function takes(token: GlobToken, code: number): boolean {
  if (token.kind === 'character') return token.code === code;
  if (token.kind === 'slash') return code === SLASH;
  if (token.kind !== 'set' || code === SLASH) return false;
  return token.ranges.some(([low, high]) => low <= code && code <= high) !== token.isNegated;
}

function behindWildcard(extent: Extent): Extent {
  return extent === Extent.exact ? Extent.wild : extent;
}
