import type { GlobToken } from '../../../statemachine/input/glob-syntax';
import { CharacterClasses } from './character-classes';
import { GlobStates, type StateSet } from './glob-states';

/** Some megabytes: as many states and ways between them as are remembered. */
const MAX_REMEMBERED = 250_000;

/** A set of states that remembers where the characters of each class lead. */
interface Node extends StateSet {
  readonly next: (Node | undefined)[];
}

/**
 * The deterministic automaton of some globs, made as far as keys lead into it. A key takes one look-up for each of its
 * characters where others went before, else one step of the nondeterministic automaton. What is remembered has a limit, so
 * that no keys can make it grow; beyond it, all is forgotten.
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

  /** The node of the set that was made last. */
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
