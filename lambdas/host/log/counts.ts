import type { ReportLine } from '../../../statemachine/contract';
import type { Host } from '../../engine/ports/host';
import { safeName } from './describe-failure';
import type { TaskLog } from './task-log';

/** S3 has a dozen codes, and the report a dozen reasons. */
const MOST_NAMES = 12;

/** What happened on the way through a Task: in numbers, because it may have happened to each of a million objects. */
export class Counts {
  readonly #failures = new Map<string, number>();
  readonly #attemptsBefore: Readonly<Record<string, number>>;

  constructor(
    private readonly log: TaskLog,
    private readonly host: Pick<Host, 'failedAttempts' | 'onReported'>,
  ) {
    this.#attemptsBefore = { ...host.failedAttempts?.byName };
  }

  /** Takes the place of the host's. */
  readonly onReported = (line: ReportLine): Promise<void> | undefined => {
    if (line.error !== undefined) {
      const reason = safeName(line.reason);
      this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + 1);
      this.log.write('debug', 'Object failed', { reason, key: line.key, details: line.error });
    }
    return this.host.onReported?.(line);
  };

  /** One line for each reason and each code, so that a query can add them up. */
  write(): void {
    for (const [reason, objects] of mostOf([...this.#failures])) {
      this.log.end('warn', 'Objects failed', { reason, objects });
    }
    for (const [code, attempts] of mostOf(this.#attempts())) {
      this.log.end('info', 'Attempts of requests failed', { code: safeName(code), attempts });
    }
  }

  /** Requests that S3 has rejected as too fast, or that failed otherwise although another attempt may succeed. */
  #attempts(): [string, number][] {
    const now = Object.entries(this.host.failedAttempts?.byName ?? {});
    return now.map(([code, count]) => [code, count - (this.#attemptsBefore[code] ?? 0)]);
  }
}

function mostOf(counts: readonly [string, number][]): readonly [string, number][] {
  return counts
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_NAMES);
}
