import type { LogLevel } from '../../../statemachine/log-levels';

/**
 * Writes a line to the log of the function.
 *
 * @param message  a fixed sentence, by which a query finds such lines
 * @param fields  numbers, names and ids. A key, or text that may have one, only at `debug`: many people may read a log
 */
export type WriteLog = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;
