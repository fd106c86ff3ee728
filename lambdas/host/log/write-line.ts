import { printableJson } from '../../../statemachine/printable';

/**
 * Lambda hands lines on as they are if they are JSON. What `console` prints, it would put into a field of a line of its own. There
 * CloudWatch finds no metrics, and a query no fields.
 */
export function writeLine(line: object): void {
  process.stdout.write(`${printableJson(line)}\n`);
}
