import { shellWord } from '../../wording/shell-word';
import type { EnvironmentOptions } from './run-environment';

type PlaceOption = keyof EnvironmentOptions;

/** Options that say where a run works, which every command has that is about a run. */
const PLACES: readonly PlaceOption[] = ['endpointUrl', 'addressingStyle', 'profile', 'region', 'reportLocation'];

/** The command as it was typed, to be typed again. */
export function typedCommand(argv: readonly string[] = process.argv.slice(2)): string {
  return ['bucketsync', ...argv].map(shellWord).join(' ');
}

/** The options that say where a run works, as they were typed, for another command about the same run. */
export function typedPlaces(
  options: EnvironmentOptions,
  sides: readonly ('source' | 'destination')[] = [],
): readonly string[] {
  return placeWords(options, sides).map(shellWord);
}

/** The same as words, without quotes. */
export function placeWords(
  options: EnvironmentOptions,
  sides: readonly ('source' | 'destination')[] = [],
): readonly string[] {
  const ofSides = (name: string) => sides.some((side) => name.startsWith(side));
  const given = Object.entries(options).filter(([name]) => PLACES.includes(name as PlaceOption) || ofSides(name));
  return given.flatMap(([name, value]) => (typeof value === 'string' ? [optionOf(name), value] : []));
}

function optionOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
