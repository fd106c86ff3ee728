type Json = Readonly<Record<string, unknown>>;

/**
 * Whether EventBridge gives the event to a rule with the pattern, by its documentation.
 *
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-content-based-filtering.html
 */
export function matchesPattern(event: unknown, pattern: object): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name === '$or') return (wanted as object[]).some((one) => matchesPattern(event, one));
    const value = (event as Json | undefined)?.[name];
    if (!Array.isArray(wanted)) return matchesPattern(value, wanted as object);
    const values = Array.isArray(value) ? value : [value];
    return wanted.some((filter) => values.some((one) => fits(one, filter)));
  });
}

function fits(value: unknown, filter: unknown): boolean {
  if (typeof filter !== 'object' || filter === null) return value === filter;
  const [kind = '', wanted] = Object.entries(filter)[0] ?? [];
  switch (kind) {
    case 'prefix':
      return typeof value === 'string' && value.startsWith(wanted);
    case 'exists':
      return (value !== undefined) === wanted;
    case 'anything-but':
      return (
        value !== undefined &&
        value !== null &&
        !(isFilter(wanted) ? fits(value, wanted) : [wanted].flat().includes(value))
      );
    case 'numeric':
      return typeof value === 'number' && compare(value, wanted);
    default:
      throw new Error(`Teach matchesPattern the filter ${JSON.stringify(filter)}`);
  }
}

function isFilter(wanted: unknown): wanted is object {
  return typeof wanted === 'object' && !Array.isArray(wanted);
}

function compare(value: number, [operator, limit]: readonly [string, number]): boolean {
  if (operator === '>') return value > limit;
  if (operator === '=') return value === limit;
  throw new Error(`Teach matchesPattern to compare by ${operator}`);
}
