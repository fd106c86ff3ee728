/** One step of a glob without alternatives. */
type Step =
  | { readonly kind: 'literal'; readonly point: string }
  | { readonly kind: 'star' | 'stars' | 'any' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly members: readonly string[] };

/**
 * Whether a glob matches a relative key, found by dynamic programming over all its steps and all code points of the key. It reads
 * `*`, `**`, `?`, sets without spans, one level of alternatives, and escapes: what the cases are made of.
 */
export function globMatches(glob: string, key: string): boolean {
  return alternatives(glob).some((alternative) => matchesOne(alternative, key));
}

/** `a{b,c}d` → `abd`, `acd`; each decides for itself whether it has a slash. */
function alternatives(glob: string): string[] {
  const [found, before = '', within = '', behind = ''] =
    /^((?:[^{\\]|\\.)*)\{([^{}]*,[^{}]*)\}(.*)$/su.exec(glob) ?? [];
  if (found === undefined) return [glob];
  return within.split(',').flatMap((choice) => alternatives(`${before}${choice}${behind}`));
}

function matchesOne(glob: string, key: string): boolean {
  const steps = readSteps(glob);
  if (!glob.includes('/')) return lastParts(key).some((part) => matchesAll(steps, part));
  return matchesAll(steps, key) || (isForFolders(steps) && key.endsWith('/') && matchesAll(steps, key.slice(0, -1)));
}

/** What a glob without a slash may describe: the ends of the key, each with and without the slashes behind it. */
function lastParts(key: string): string[] {
  const named = key.replace(/\/+$/, '');
  const ends = Array.from({ length: key.length - named.length + 1 }, (_, more) => key.slice(0, named.length + more));
  return ends.flatMap((end) => [
    end,
    ...[...end].flatMap((_, index) => (end[index] === '/' ? [end.slice(index + 1)] : [])),
  ]);
}

/** `a/*` is for the folder objects in `a` as well. */
function isForFolders(steps: readonly Step[]): boolean {
  return ['star', 'stars', 'set'].includes(steps.at(-1)?.kind ?? '');
}

function readSteps(glob: string): Step[] {
  const points = Array.from(glob);
  const steps: Step[] = [];
  for (let at = 0; at < points.length; at++) {
    const point = points[at] ?? '';
    const end = point === '[' ? points.indexOf(']', at + (points[at + 1] === '!' ? 3 : 2)) : -1;
    if (point === '\\') steps.push({ kind: 'literal', point: points[++at] ?? '\\' });
    else if (point === '?') steps.push({ kind: 'any' });
    else if (point === '*' && points[at + 1] === '*') {
      while (points[at + 1] === '*') at += 1;
      steps.push({ kind: 'stars' });
    } else if (point === '*') steps.push({ kind: 'star' });
    else if (end > 0) {
      const negated = points[at + 1] === '!';
      steps.push({ kind: 'set', negated, members: points.slice(at + (negated ? 2 : 1), end) });
      at = end;
    } else steps.push({ kind: 'literal', point });
  }
  return steps;
}

/** reachable[i] = whether the first steps up to the current one match the first i points. */
function matchesAll(steps: readonly Step[], key: string): boolean {
  const points = Array.from(key);
  let reachable = points.map(() => false);
  reachable.unshift(true);
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at] as Step;
    const isLast = at === steps.length - 1;
    if (step.kind === 'stars' && isSlash(steps[at + 1]) && (at === 0 || isSlash(steps[at - 1]))) {
      reachable = overParts(reachable, points); // `**/` is any number of whole parts, none included
      at += 1;
    } else if (isSlash(step) && steps[at + 1]?.kind === 'stars' && at === steps.length - 2) {
      reachable = withRest(reachable, points); // `/**` at the end is the slash and what follows, or nothing at all
      at += 1;
    } else reachable = advance(reachable, points, step);
    if (isLast) break;
  }
  return reachable[points.length] ?? false;
}

function isSlash(step: Step | undefined): boolean {
  return step?.kind === 'literal' && step.point === '/';
}

function advance(reachable: readonly boolean[], points: readonly string[], step: Step): boolean[] {
  const next: boolean[] = [];
  for (let index = 0; index <= points.length; index++) {
    const point = points[index - 1];
    if (step.kind === 'star')
      next[index] = reachable[index] === true || (index > 0 && point !== '/' && next[index - 1] === true);
    else if (step.kind === 'stars') next[index] = reachable[index] === true || (index > 0 && next[index - 1] === true);
    else next[index] = point !== undefined && reachable[index - 1] === true && fits(step, point);
  }
  return next;
}

function fits(step: Step, point: string): boolean {
  if (step.kind === 'literal') return point === step.point;
  if (point === '/') return false;
  return step.kind !== 'set' || step.members.includes(point) !== step.negated;
}

function overParts(reachable: readonly boolean[], points: readonly string[]): boolean[] {
  const first = reachable.indexOf(true);
  return reachable.map((is, index) => is || (first >= 0 && index > first && points[index - 1] === '/'));
}

function withRest(reachable: readonly boolean[], points: readonly string[]): boolean[] {
  let slashed = false;
  return reachable.map((is, index) => {
    slashed ||= index > 0 && points[index - 1] === '/' && reachable[index - 1] === true;
    return is || slashed;
  });
}
