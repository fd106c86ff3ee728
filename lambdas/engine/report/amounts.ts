/** Objects and their bytes. */
export interface Amount {
  readonly objects: number;
  readonly bytes: number;
}

export const NOTHING: Amount = { objects: 0, bytes: 0 };

export function addAmounts(a: Amount, b: Amount): Amount {
  return { objects: a.objects + b.objects, bytes: a.bytes + b.bytes };
}

/** Sums by name. */
export class Amounts {
  readonly #sums = new Map<string, Amount>();

  add(name: string, amount: Amount): void {
    this.#sums.set(name, addAmounts(this.#sums.get(name) ?? NOTHING, amount));
  }

  addAll(amounts: Readonly<Record<string, Amount>>): void {
    for (const [name, amount] of Object.entries(amounts)) this.add(name, amount);
  }

  toRecord(): Record<string, Amount> {
    return Object.fromEntries(this.#sums);
  }
}
