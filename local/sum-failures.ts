import type { ReportLine } from '../statemachine/contract';
import { readReport } from './read-report';

/** Objects that failed for the same reason. */
export interface FailureGroup {
  readonly action: ReportLine['action'];
  /** The kind of failure, such as `access-denied`. */
  readonly reason: string;
  /** Of the first of them. */
  readonly error: string;
  readonly objects: number;
  /** Some of them. */
  readonly keys: readonly string[];
}

/** More kinds are counted together, so that no server can fill the screen. */
const MOST_GROUPS = 20;
const MOST_KEYS = 3;

/**
 * What failed in a run, by reason, the most frequent first. Its size does not depend on how many objects failed.
 *
 * @param location  location of reports: `s3://bucket` or `file:///folder`
 */
export function sumFailuresOf(runId: string, location: string): Promise<FailureGroup[]> {
  return sumFailures(readReport(runId, location, 'failures'));
}

export async function sumFailures(parts: AsyncIterable<readonly ReportLine[]>): Promise<FailureGroup[]> {
  const groups = new Map<string, FailureGroup>();
  for await (const lines of parts) {
    for (const line of lines) {
      const name = groups.size < MOST_GROUPS || groups.has(nameOf(line)) ? nameOf(line) : 'other';
      groups.set(name, add(groups.get(name), line, name === 'other'));
    }
  }
  return [...groups.values()].sort((a, b) => b.objects - a.objects);
}

function add(group: FailureGroup | undefined, line: ReportLine, isOther: boolean): FailureGroup {
  const { action, key, reason } = line;
  if (!group) {
    const error = isOther ? 'other reasons' : withoutRequest(line.error);
    return { action, reason: isOther ? 'other' : reason, error, objects: 1, keys: [key] };
  }
  const keys = group.keys.length < MOST_KEYS ? [...group.keys, key] : group.keys;
  return { ...group, objects: group.objects + 1, keys };
}

/** The same for all objects that fail for the same reason: without keys, sizes and ids. */
function nameOf({ action, reason, key, error = '' }: ReportLine): string {
  const message = withoutRequest(error).replaceAll(key, '').replace(/\d+/g, '');
  return `${action} ${reason} ${message}`;
}

/** Each request has an id of its own. */
function withoutRequest(error = ''): string {
  return error.replace(/\s*\((?:HTTP \d+, )?request [^)]*\)/, '');
}
