import { LOG_LEVELS, type LogLevel } from '../../../statemachine/log-levels';
import type { WriteLog } from '../../engine/ports/log';

/** A Task writes about five. More come only if it meets the same again and again, and then they tell nothing new. */
const MOST_LINES = 100;
/** The lines at the end of a Task are always written. */
const LAST_LINES = 30;
const MOST_CHARACTERS = 2_000;

/** How the functions write their log. */
export interface LogSettings {
  readonly level: LogLevel;
  /** The id that Lambda has given the invocation. Its own lines have it, too. */
  readonly requestId?: string | undefined;
  write(line: object): void;
}

/** The log of one Task. A line that cannot be written is left out: no Task fails because of its log. */
export class TaskLog {
  #lines = 0;

  /** @param where  fields of all lines */
  constructor(
    private readonly settings: LogSettings,
    private readonly where: () => Readonly<Record<string, unknown>>,
    private readonly now: () => number,
  ) {}

  readonly write: WriteLog = (level, message, fields = {}) => this.#write(level, message, fields, MOST_LINES);

  /** One of the lines with which a Task ends. */
  end(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#write(level, message, fields, MOST_LINES + LAST_LINES);
  }

  /** Whether lines of this level are written. */
  has(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(this.settings.level);
  }

  #write(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>, most: number): void {
    if (!this.has(level) || this.#lines >= most) return;
    this.#lines += 1;
    try {
      const { requestId } = this.settings;
      const own = { timestamp: new Date(this.now()).toISOString(), level: level.toUpperCase(), message };
      const line = { ...own, ...(requestId !== undefined && { requestId }), ...this.where(), ...fields };
      this.settings.write(JSON.parse(JSON.stringify(line, shorten)));
    } catch {
      // see above
    }
  }
}

function shorten(_name: string, value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= MOST_CHARACTERS) return value;
  return `${value.slice(0, MOST_CHARACTERS)}…`;
}
