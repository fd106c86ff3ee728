/** One step of a glob without alternatives. */
type Step =
  | { readonly kind: 'literal'; readonly point: string }
  | { readonly kind: 'star' | 'stars' | 'any' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly members: readonly string[] };

/**
 * Whether a glob matches a relative key, found by dynamic programming over all its steps and all code points of the key. It reads
 * `*`, `**`, `?`, sets, braces, and escapes of anything but braces and commas: what the cases are made of.
 */
export function globMatches(glob: string, key: string): boolean {
  return alternatives(glob).some((alternative) => matchesOne(alternative, key));
}

/** `a{b,c}d` → `abd`, `acd`, the innermost braces first; each decides for itself whether it has a slash or a wildcard. */
export function alternatives(glob: string): string[] {
  const [found, before = '', within = '', behind = ''] = /^(.*)\{([^{}]*,[^{}]*)\}(.*)$/su.exec(glob) ?? [];
  if (found === undefined) return [glob];
  return within.split(',').flatMap((choice) => alternatives(`${before}${choice}${behind}`));
}

function matchesOne(glob: string, key: string): boolean {
  const steps = readSteps(glob);
  const names = withAndWithoutSlashes(key);
  if (!glob.includes('/')) return names.some((name) => lastParts(name).some((part) => matchesAll(steps, part)));
  const isWild = steps.some(({ kind }) => kind !== 'literal');
  return isWild ? names.some((name) => matchesAll(steps, name)) : matchesAll(steps, key);
}

/** `a//` → `a`, `a/`, `a//` */
function withAndWithoutSlashes(key: string): string[] {
  const named = key.replace(/\/+$/, '');
  return Array.from({ length: key.length - named.length + 1 }, (_, more) => key.slice(0, named.length + more));
}

/** `a/b` → `a/b`, `b`: what may be the last part, if slashes may be part of its name. */
function lastParts(name: string): string[] {
  const parts = name.split('/');
  return parts.map((_, index) => parts.slice(index).join('/'));
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
      steps.push({ kind: 'set', negated, members: membersOf(points.slice(at + (negated ? 2 : 1), end)) });
      at = end;
    } else steps.push({ kind: 'literal', point });
  }
  return steps;
}

/** `a-c` → `a`, `b`, `c` */
function membersOf(points: readonly string[]): string[] {
  return points.flatMap((point, index) => {
    if (point !== '-' || index === 0 || index === points.length - 1) return [point];
    const [low = 0, high = 0] = [points[index - 1], points[index + 1]].map((edge) => edge?.codePointAt(0));
    return Array.from({ length: high - low + 1 }, (_, more) => String.fromCodePoint(low + more));
  });
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
