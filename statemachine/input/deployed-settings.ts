import { InvalidInputError } from '../errors';
import { type DeployedMirror, findMirror, findSubfolder } from './deployed-mirrors';
import { formatValue } from './describe-issues';
import { type InputField, NARROWING, type Narrowing } from './narrowing';
import { parseGivenFields, parseSyncInput, refuseLongInput } from './parse-sync-input';
import { settleMoments } from './settle-moments';
import type { IsApart, SyncInput } from './sync-input';

/** Deployed rules that do not fit into a run's input, and apply in addition to it. */
export interface DeployedRules {
  /** The run's folder, relative to the deployed folder. The globs match keys relative to the deployed folder. */
  readonly folder: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly maxDeletes?: number | string;
  readonly maxOverwrites?: number | string;
}

/** The settings of a run. */
export interface SettledInput {
  readonly input: SyncInput;
  /** Absent if `input` includes everything that is deployed. */
  readonly deployed?: DeployedRules;
}

type Given = Partial<SyncInput>;

/**
 * Merges the input of an execution into the deployed settings. An execution may narrow them but never widen them, except the
 * fields in `mayOverride`. `NARROWING` says what that means for each field.
 *
 * | field | the execution sets | what applies |
 * | --- | --- | --- |
 * | any | nothing | the deployed value |
 * | one of `mayOverride` | a value | only that value |
 * | `prefix`, `destinationPrefix` | a folder in the deployed one | that folder, and the matching folder on the other side |
 * | `include` | globs | both lists: a key must match one glob of each |
 * | `exclude` | globs | both lists. The deployed list matches keys relative to the deployed folder |
 * | `order` | nothing, or globs if it may | that list. It matches keys relative to the deployed folder |
 * | `maxDeletes`, `maxOverwrites` | a count, and a percentage is deployed, or the reverse | both, so the stricter limit |
 * | `newerThan`, `olderThan` | a date, and a duration is deployed, or the reverse | both, so the stricter limit |
 * | any other | the deployed value, or a narrower one | that value |
 * | any other | another value | an error |
 *
 * @param mirrors  undefined: nothing is deployed, so the execution decides
 * @param startedAt  when the run began: durations become dates, so that all Tasks agree. Undefined: they stay durations
 * @param isApart  whether buckets of equal names are different buckets; by default they are the same
 * @throws InvalidInputError  names the field, what it got, what is deployed, and `mayOverride`
 */
export function settleInput(
  request: unknown,
  mirrors: readonly DeployedMirror[] | undefined,
  startedAt?: string,
  isApart?: IsApart,
): SettledInput {
  if (mirrors === undefined) return { input: settleMoments(parseSyncInput(request, isApart), [], startedAt) };
  const given: Given = parseGivenFields(request);
  const mirror = findMirror(given, mirrors);
  const folder = findSubfolder(given, mirror.input);
  const base = inSubfolder(mirror.input, folder);
  refuseWiderFields(given, base, mirror.mayOverride);
  const kept = keepDeployed(base, given, folder, mirror.mayOverride);
  const { prefix: _from, destinationPrefix: _to, ...asked } = given;
  const merged = parseSyncInput(withoutUndefined({ ...base, ...asked, ...kept.input }), isApart);
  const held = { ...base, ...Object.fromEntries(mirror.mayOverride.map((field) => [field, undefined])) };
  const input = settleMoments(merged, [held], startedAt);
  refuseLongInput({ ...input, deployed: kept.deployed });
  return { input, ...(kept.deployed && { deployed: kept.deployed }) };
}

/** @throws InvalidInputError  the whole folder comes before `startAfter` */
function inSubfolder(deployed: SyncInput, folder: string): SyncInput {
  const { startAfter } = deployed;
  const places = { prefix: deployed.prefix + folder, destinationPrefix: deployed.destinationPrefix + folder };
  if (startAfter === undefined || folder === '') return { ...deployed, ...places };
  if (startAfter.startsWith(folder)) return { ...deployed, ...places, startAfter: startAfter.slice(folder.length) };
  if (Buffer.compare(Buffer.from(startAfter), Buffer.from(folder)) < 0) {
    return { ...deployed, ...places, startAfter: undefined };
  }
  throw new InvalidInputError(
    `Expected \`prefix\` to name a folder after ${formatValue(startAfter)}, the deployed \`startAfter\`, got ${formatValue(places.prefix)}`,
    { field: 'prefix' },
  );
}

function refuseWiderFields(given: Given, base: SyncInput, mayOverride: readonly InputField[]): void {
  for (const field of Object.keys(given) as InputField[]) {
    const [asked, deployed] = [given[field], base[field]];
    const narrowing = NARROWING[field] as Narrowing<unknown> | undefined;
    if (mayOverride.includes(field) || JSON.stringify(asked) === JSON.stringify(deployed)) continue;
    if (narrowing?.allows(asked, deployed)) continue;
    const open = mayOverride.map((name) => `\`${name}\``).join(', ') || 'nothing';
    throw new InvalidInputError(
      `Expected \`${field}\` to be ${narrowing?.to ?? 'left to what'} this state machine is deployed with, ` +
        `${formatValue(deployed)}, got ${formatValue(asked)}. An execution may narrow the deployed settings. It may change ` +
        `only those fields freely that the deployment lists in \`mayOverride\`, which are: ${open}`,
      { field },
    );
  }
}

/** The lists and limits that apply together. Those that fit into the input are put there, so that the summary shows them. */
function keepDeployed(base: SyncInput, given: Given, folder: string, mayOverride: readonly InputField[]) {
  const held = (field: 'include' | 'exclude') => (field in given && mayOverride.includes(field) ? [] : base[field]);
  const [include, exclude] = [held('include'), held('exclude')];
  const { include: wanted = [], exclude: unwanted = [] } = given;
  const isWhole = folder === '';
  const bothInclude = include.length > 0 && wanted.length > 0 && JSON.stringify(include) !== JSON.stringify(wanted);
  const limits = (field: LimitField) => {
    const limit = mayOverride.includes(field) && field in given ? undefined : base[field];
    // a retry cannot compute a percentage, because it does not list the destination
    const isShareOfRetry = typeof limit === 'string' && given.retry !== undefined;
    return isShareOfRetry ? ([given[field], limit] as const) : splitLimits(given[field], limit);
  };
  const [deletes, overwrites] = [limits('maxDeletes'), limits('maxOverwrites')];
  const apart = {
    include: !isWhole || bothInclude ? include : [],
    exclude: isWhole ? [] : exclude,
    maxDeletes: deletes[1],
    maxOverwrites: overwrites[1],
  };
  return {
    input: {
      include: isWhole && wanted.length === 0 ? include : wanted,
      exclude: isWhole ? [...new Set([...exclude, ...unwanted])] : unwanted,
      maxDeletes: deletes[0],
      maxOverwrites: overwrites[0],
    },
    // without the folder, the globs of `order` would mean other keys
    deployed:
      isEmpty(apart) && (isWhole || (given.order ?? base.order).length === 0)
        ? undefined
        : withoutUndefined({ folder, ...apart }),
  };
}

type LimitField = 'maxDeletes' | 'maxOverwrites';
type Limit = SyncInput[LimitField];

/** @returns the limit of the input, and another limit that also applies */
function splitLimits(asked: Limit, deployed: Limit): readonly [input: Limit, beside: Limit] {
  if (asked === undefined) return [deployed, undefined];
  return [asked, typeof asked === typeof deployed ? undefined : deployed];
}

function isEmpty({ include, exclude, maxDeletes, maxOverwrites }: Omit<DeployedRules, 'folder'>): boolean {
  return include.length + exclude.length === 0 && maxDeletes === undefined && maxOverwrites === undefined;
}

function withoutUndefined<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}
