import type { GlobToken } from '../../../statemachine/input/glob-syntax';
import { CharacterClasses } from './character-classes';
import { GlobStates, type StateSet } from './glob-states';

/** How many states and transitions are remembered: some megabytes. */
const MAX_REMEMBERED = 250_000;

/** A set of states. It remembers which set follows for each class of characters. */
interface Node extends StateSet {
  readonly next: (Node | undefined)[];
}

/**
 * The deterministic automaton of some globs. Only the part that keys have reached is built. Each character of a key costs one
 * look-up if another key went the same way before, else one step of the nondeterministic automaton. When more is remembered
 * than the limit allows, everything is forgotten, so no keys can fill the memory.
 */
export class GlobAutomaton {
  readonly #classes: CharacterClasses;
  readonly #states: GlobStates;
  /** By their hash. */
  readonly #nodes = new Map<number, Node[]>();
  #remembered = 0;
  #start: Node;

  constructor(globs: readonly (readonly GlobToken[])[]) {
    this.#classes = new CharacterClasses(globs);
    this.#states = new GlobStates(globs);
    this.#start = this.#remember(this.#states.start());
  }

  test(key: string): boolean {
    let node = this.#start;
    for (let index = 0; index < key.length && !node.isFinal; index++) {
      const code = key.codePointAt(index) as number;
      if (code > 0xffff) index += 1;
      const characterClass = this.#classes.of(code);
      node = node.next[characterClass] ?? this.#follow(node, characterClass);
    }
    return node.matches;
  }

  #follow(from: Node, characterClass: number): Node {
    if (this.#remembered > MAX_REMEMBERED) this.#forget();
    const node = this.#remember(this.#states.next(from, this.#classes.exampleOf(characterClass)));
    from.next[characterClass] = node;
    return node;
  }

  /** @returns the node of `set`, which must be the set that was made last */
  #remember(set: StateSet): Node {
    const alike = this.#nodes.get(set.hash) ?? [];
    const known = alike.find((node) => this.#states.isLast(node));
    if (known) return known;
    const node = { ...set, next: [] };
    this.#nodes.set(set.hash, [...alike, node]);
    this.#remembered += set.states.length + this.#classes.count;
    return node;
  }

  #forget(): void {
    this.#nodes.clear();
    this.#remembered = 0;
    this.#start = this.#remember(this.#states.start());
  }
}
