/**
 * A small part of the language of CloudWatch Logs Insights: `fields`, `filter`, `stats`, `sort` and `limit`, as far as the queries
 * of the runbook go. What it does not know, it rejects, as CloudWatch does.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
export interface Query {
  /** Each field of the lines that the query names. */
  readonly fields: readonly string[];
  run(lines: readonly Line[]): Line[];
}

type Line = Readonly<Record<string, unknown>>;
type Step = (lines: readonly Line[]) => Line[];
type Test = (line: Line) => boolean;

const FIELD = String.raw`@?[A-Za-z_][\w.]*|\x60[^\x60]+\x60`;
const TERM = new RegExp(
  String.raw`^(?:ispresent\((?<present>${FIELD})\)|(?<field>${FIELD})\s+(?:(?<op>=|!=|<=|>=|<|>)\s*(?<value>"[^"]*"|-?\d+(?:\.\d+)?)|in\s*\[(?<list>[^\]]*)\]|like\s+\/(?<like>.*)\/))$`,
);
const AGGREGATE = new RegExp(
  String.raw`^(?<name>sum|max|min|avg|count)\((?<field>\*|${FIELD})\)\s+as\s+(?<as>[A-Za-z]\w*)$`,
);

/** @throws Error  names what it does not know */
export function parseQuery(text: string): Query {
  const known = new Set<string>();
  /** What `stats` has made of the lines, if it came. */
  let made: string[] | undefined;
  const use = (name: string) => {
    const field = name.replaceAll('`', '');
    if (made && !made.includes(field)) throw new Error(`stats has left no ${field}`);
    if (!made) known.add(field);
    return field;
  };
  const steps = text.split(/\n?\|\s*/).map((command): Step => {
    const [, verb = '', rest = ''] = /^(\w+)\s+(.*)$/s.exec(command.trim()) ?? [];
    if (verb === 'fields') {
      const names = rest.split(/,\s*/).map((name) => use(match(new RegExp(`^(?:${FIELD})$`), name)[0]));
      return (lines) => lines.map((line) => ({ ...line, [SHOWN]: names }));
    }
    if (verb === 'filter') {
      const all = rest.split(/\s+and\s+/).map((term) => parseTerm(term, use));
      return (lines) => lines.filter((line) => all.every((test) => test(line)));
    }
    if (verb === 'stats') {
      const [what = '', by = ''] = rest.split(/\s+by\s+/);
      const aggregates = what.split(/,\s*(?=\w+\()/).map((one) => parseAggregate(one, use));
      const keys = by.split(/,\s*/).map((name) => use(match(new RegExp(`^(?:${FIELD})$`), name)[0]));
      made = [...aggregates.map(({ as }) => as), ...keys];
      return (lines) => group(lines, keys, aggregates);
    }
    if (verb === 'sort') {
      const { field = '', way = 'asc' } =
        match(new RegExp(`^(?<field>${FIELD})(?:\\s+(?<way>asc|desc))?$`), rest).groups ?? {};
      const name = use(field);
      return (lines) =>
        [...lines].sort((a, b) => compare(readField(a, name), readField(b, name)) * (way === 'asc' ? 1 : -1));
    }
    if (verb === 'limit') {
      const most = Number(match(/^\d{1,5}$/, rest)[0]);
      if (most > 10_000) throw new Error(`CloudWatch returns 10,000 lines at most, not ${most}`);
      return (lines) => lines.slice(0, most);
    }
    throw new Error(`There is no command ${command}`);
  });
  return { fields: [...known], run: (lines) => steps.reduce<Line[]>((left, step) => step(left), [...lines]) };
}

/** Names of the fields that a line shows. */
export const SHOWN = Symbol('shown');

/** A field of a JSON line. The names of fields in objects are joined by dots. */
export function readField(line: Line, name: string): unknown {
  if (Object.hasOwn(line, name)) return line[name];
  return name.split('.').reduce<unknown>((value, part) => (value as Line | undefined)?.[part], line);
}

function parseTerm(term: string, use: (name: string) => string): Test {
  const { present, field = '', op = '', value = '', list, like } = match(TERM, term).groups ?? {};
  const name = use(present ?? field);
  if (present !== undefined) return (line) => readField(line, name) !== undefined;
  if (list !== undefined) {
    const values = list.split(/,\s*/).map((each) => JSON.parse(each));
    return (line) => values.includes(readField(line, name));
  }
  if (like !== undefined) return (line) => new RegExp(like).test(String(readField(line, name) ?? ''));
  const other = JSON.parse(value);
  return (line) => {
    const order = compare(readField(line, name), other);
    if (op === '=') return readField(line, name) === other;
    if (op === '!=') return readField(line, name) !== other;
    return op.startsWith('<') ? order < 0 || (op === '<=' && order === 0) : order > 0 || (op === '>=' && order === 0);
  };
}

interface Aggregate {
  readonly as: string;
  of(lines: readonly Line[]): number;
}

function parseAggregate(text: string, use: (name: string) => string): Aggregate {
  const { name = '', field = '', as = '' } = match(AGGREGATE, text.trim()).groups ?? {};
  if (field === '*') return { as, of: (lines) => lines.length };
  const used = use(field);
  const numbers = (lines: readonly Line[]) =>
    lines.map((line) => readField(line, used)).filter(Number.isFinite) as number[];
  const sum = (values: readonly number[]) => values.reduce((left, right) => left + right, 0);
  const kinds: Readonly<Record<string, (values: readonly number[]) => number>> = {
    sum,
    max: (values) => Math.max(...values),
    min: (values) => Math.min(...values),
    avg: (values) => sum(values) / values.length,
    count: (values) => values.length,
  };
  return { as, of: (lines) => kinds[name]?.(numbers(lines)) ?? 0 };
}

function group(lines: readonly Line[], keys: readonly string[], aggregates: readonly Aggregate[]): Line[] {
  const groups = Map.groupBy(lines, (line) => JSON.stringify(keys.map((key) => readField(line, key))));
  return [...groups.values()].map((members) => ({
    ...Object.fromEntries(keys.map((key) => [key, readField(members[0] as Line, key)])),
    ...Object.fromEntries(aggregates.map(({ as, of }) => [as, of(members)])),
  }));
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a ?? '') < String(b ?? '') ? -1 : Number(String(a ?? '') > String(b ?? ''));
}

function match(pattern: RegExp, text: string): RegExpExecArray {
  const found = pattern.exec(text.trim());
  if (!found) throw new Error(`CloudWatch Logs Insights would not understand: ${text}`);
  return found;
}
