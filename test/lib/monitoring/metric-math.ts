/** Values by the time at which their period begins, in seconds since 1970. A period without data has none. */
export type Series = ReadonlyMap<number, number>;

type Value = number | Series;

/** What is known when an expression is evaluated. */
export interface Range {
  /** The beginnings of all periods that are shown. */
  readonly periods: readonly number[];
  readonly metrics: Readonly<Record<string, Series>>;
}

const TOKEN = /\s*(EPOCH|FILL|IF|REPEAT|[a-z]\w*|\d+|[-+*/>(),])/gy;

/**
 * Evaluates an expression of CloudWatch's metric math, as far as the dashboard uses it, by the rules that are documented:
 *
 * - `EPOCH` returns a value for each period of the range, also for those without data,
 * - `IF` without a third argument has no value where its condition is false,
 * - in a comparison, a period without data counts as 0,
 * - `FILL(…, REPEAT)` repeats the last value; before the first value there is none,
 * - arithmetic has no value where one side has none.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function evaluate(expression: string, range: Range): Value {
  const tokens = [...expression.matchAll(TOKEN)].map(([, token = '']) => token);
  if (tokens.join('') !== expression.replaceAll(' ', '')) throw new Error(`Cannot read ${expression}`);
  return new Evaluation(tokens, range).whole();
}

class Evaluation {
  #next = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly range: Range,
  ) {}

  whole(): Value {
    const value = this.#comparison();
    if (this.#next < this.tokens.length) throw new Error(`Did not expect ${this.tokens[this.#next]}`);
    return value;
  }

  #comparison(): Value {
    const left = this.#sum();
    if (!this.#takes('>')) return left;
    const right = this.#sum();
    return this.#each((at) => (this.#at(left, at, 0) > this.#at(right, at, 0) ? 1 : 0));
  }

  #sum(): Value {
    let value = this.#product();
    while (this.#takes('-')) value = this.#combine(value, this.#product(), (a, b) => a - b);
    return value;
  }

  #product(): Value {
    let value = this.#factor();
    while (this.#takes('/')) value = this.#combine(value, this.#factor(), (a, b) => a / b);
    return value;
  }

  #factor(): Value {
    const token = this.tokens[this.#next++] ?? '';
    if (/^\d+$/.test(token)) return Number(token);
    if (token === '(') return this.#closed(this.#comparison());
    if (token === 'EPOCH') {
      this.#expect('(');
      this.#closed(this.#comparison());
      return this.#each((at) => at);
    }
    if (token === 'IF') return this.#if();
    if (token === 'FILL') return this.#fill();
    const metric = this.range.metrics[token];
    if (!metric) throw new Error(`There is no metric ${token}`);
    return metric;
  }

  #if(): Value {
    this.#expect('(');
    const condition = this.#comparison();
    this.#expect(',');
    const value = this.#closed(this.#comparison());
    return this.#each((at) => (this.#at(condition, at, 0) === 0 ? Number.NaN : this.#at(value, at, Number.NaN)));
  }

  #fill(): Value {
    this.#expect('(');
    const series = this.#comparison();
    for (const token of [',', 'REPEAT', ')']) this.#expect(token);
    let last = Number.NaN;
    return this.#each((at) => {
      last = this.#at(series, at, last);
      return last;
    });
  }

  #combine(left: Value, right: Value, operate: (a: number, b: number) => number): Value {
    return this.#each((at) => operate(this.#at(left, at, Number.NaN), this.#at(right, at, Number.NaN)));
  }

  #each(valueAt: (at: number) => number): Series {
    const values = this.range.periods.map((at) => [at, valueAt(at)] as const);
    return new Map(values.filter(([, value]) => !Number.isNaN(value)));
  }

  #at(value: Value, at: number, missing: number): number {
    return typeof value === 'number' ? value : (value.get(at) ?? missing);
  }

  #closed(value: Value): Value {
    this.#expect(')');
    return value;
  }

  #expect(token: string): void {
    if (!this.#takes(token)) throw new Error(`Expected ${token}, got ${this.tokens[this.#next]}`);
  }

  #takes(token: string): boolean {
    if (this.tokens[this.#next] !== token) return false;
    this.#next += 1;
    return true;
  }
}
