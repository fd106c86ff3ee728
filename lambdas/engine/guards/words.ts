import { formatCount } from '../../../wording/numbers';

/** `10% (52 of them)`. If a count and a percentage both apply, the one that allows less. @param allowed  as a count */
export function describeLimit(limits: readonly (number | string)[], allowed: number): string {
  const percentage = limits.find((limit) => typeof limit === 'string');
  return percentage === undefined || limits.includes(allowed)
    ? formatCount(allowed)
    : `${percentage} (${formatCount(allowed)} of them)`;
}

/** The option that allows what a plan would do, as it is written in an input and on the command line. */
export function howToAllow(field: 'maxDeletes' | 'maxOverwrites' | 'maxCost', least: number): string {
  const option = field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `\`"${field}": ${least}\`, on the command line \`--${option} ${least}\``;
}

export function count(number: number, thing: string): string {
  return `${formatCount(number)} ${thing}${number === 1 ? '' : 's'}`;
}
