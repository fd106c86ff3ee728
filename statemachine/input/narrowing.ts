import { parseDuration, parseMoment } from './moment';
import type { SyncInput, SyncRequest } from './sync-input';

/** The values of a field that an execution may set, in addition to the deployed value. */
export interface Narrowing<Value> {
  /** How the value must compare with the deployed one, for the error. */
  readonly to: string;
  readonly allows: (asked: Value, deployed: Value) => boolean;
}

const none: Narrowing<unknown> = { to: 'equal to what', allows: () => false };
const any: Narrowing<unknown> = { to: 'anything beside what', allows: () => true };
const become = (wanted: boolean): Narrowing<boolean | undefined> => ({ ...none, allows: (asked) => asked === wanted });
const lower: Narrowing<number> = { to: 'no more than what', allows: (asked, deployed) => asked < deployed };
/** An execution may name an owner if the deployment names none. */
const unset: Narrowing<string | undefined> = { ...none, allows: (_asked, deployed) => deployed === undefined };

/** For each strategy the ones that notice everything that it notices, and more. docs/fidelity.md says what each notices. */
const STRICTER: Readonly<Record<SyncInput['compare'], readonly SyncInput['compare'][]>> = {
  size: ['size-and-time', 'auto', 'metadata', 'etag', 'checksum'],
  'size-and-time': ['auto', 'metadata', 'checksum'],
  auto: ['metadata', 'checksum'],
  metadata: ['checksum'],
  etag: ['checksum'],
  checksum: [],
  // `always` notices everything but copies every object. If it is not deployed, only `mayOverride` allows it.
  always: [],
};

/** A count and a percentage cannot be compared, so both apply. */
const lowerLimit: Narrowing<number | string | undefined> = {
  to: 'no more than what',
  allows: (asked, deployed) =>
    deployed === undefined || typeof asked !== typeof deployed || parseLimit(asked) <= parseLimit(deployed),
};

function parseLimit(limit: number | string | undefined): number {
  return Number.parseFloat(String(limit));
}

const larger: Narrowing<number | undefined> = {
  to: 'no less than what',
  allows: (asked = 0, deployed = 0) => asked >= deployed,
};

const smaller: Narrowing<number | undefined> = {
  to: 'no more than what',
  allows: (asked = Number.POSITIVE_INFINITY, deployed = Number.POSITIVE_INFINITY) => asked <= deployed,
};

/** A date and a duration cannot be compared before a run begins, so both apply. @param sign  1: a later moment is stricter */
function closer(to: string, sign: 1 | -1): Narrowing<string | undefined> {
  return {
    to,
    allows: (asked, deployed) => {
      const [one, other] = [parseMoment(asked ?? ''), parseMoment(deployed ?? '')];
      if (!one || !other) return other === undefined;
      if ('at' in one && 'at' in other) return sign * (one.at - other.at) >= 0;
      return !('agoMs' in one && 'agoMs' in other) || sign * (other.agoMs - one.agoMs) >= 0;
    },
  };
}

const longer: Narrowing<string | undefined> = {
  to: 'no shorter than what',
  allows: (asked = '', deployed = '') => (parseDuration(asked) ?? 0) >= (parseDuration(deployed) ?? 0),
};

const fewerClasses: Narrowing<readonly string[]> = {
  to: 'some of those of what',
  allows: (asked, deployed) =>
    deployed.length === 0 || (asked.length > 0 && asked.every((storageClass) => deployed.includes(storageClass))),
};

/** S3's order. */
const later: Narrowing<string | undefined> = {
  to: 'not before what',
  allows: (asked = '', deployed = '') => Buffer.compare(Buffer.from(asked), Buffer.from(deployed)) >= 0,
};

/**
 * What an execution may change, field by field. If a new field is missing here, the code does not compile.
 *
 * | field | an execution may |
 * | --- | --- |
 * | `source`, `destination`, `prefix`, `destinationPrefix` | name the deployed folders, or a sub-folder of both |
 * | `startAfter` | begin later |
 * | `include`, `exclude` | leave more out: the deployed lists also apply |
 * | `minSize`, `maxSize`, `newerThan`, `olderThan` | leave more out. If one is a date and the other a duration, both apply |
 * | `storageClasses` | name some of the deployed classes |
 * | `compare` | choose a strategy that notices more, but not `always` |
 * | `archived` | set it to "fail", which does less and reports more |
 * | `restoreDays` | lower it |
 * | `delete` | turn it off |
 * | `deleteAfter` | make it longer |
 * | `maxDeletes`, `maxOverwrites` | lower it. If one is a count and the other a percentage, both apply |
 * | `maxCost` | lower it |
 * | `plan` | turn it on |
 * | `allowEmptySource` | turn it off |
 * | `dryRun`, `verify`, `conditional`, `strict` | turn it on |
 * | `maxConcurrency`, `requestConcurrency` | lower it |
 * | `retry`, `undo`, `keys`, `apply` | name any run, list or plan |
 * | `hold` | turn it off or on: it is about one undo |
 * | `sourceOwner`, `destinationOwner` | name an owner if none is deployed |
 * | `mode`, `order`, `proof`, `tags`, `storageClass`, `restoreTier`, `parts`, `sse`, `sseKmsKeyId`, `acl`, `requestPayer`, `lock`, `invalidate` | nothing |
 */
export const NARROWING: { readonly [Field in keyof Required<SyncRequest>]: Narrowing<SyncInput[Field]> } = {
  // `findMirror` compares folders
  source: any,
  destination: any,
  prefix: any,
  destinationPrefix: any,
  startAfter: later,
  include: any,
  exclude: any,
  minSize: larger,
  maxSize: smaller,
  newerThan: closer('no earlier than what', 1),
  olderThan: closer('no later than what', -1),
  storageClasses: fewerClasses,
  compare: {
    to: 'equal to, or stricter than, what',
    allows: (asked, deployed) => STRICTER[deployed].includes(asked),
  },
  delete: become(false),
  deleteAfter: longer,
  maxDeletes: lowerLimit,
  maxOverwrites: lowerLimit,
  maxCost: smaller,
  // without a plan no guard could be judged
  plan: become(true),
  strict: become(true),
  allowEmptySource: become(false),
  proof: none,
  mode: none,
  order: none,
  invalidate: none,
  dryRun: become(true),
  verify: become(true),
  tags: none,
  storageClass: none,
  archived: { to: '"fail" or', allows: (asked) => asked === 'fail' },
  restoreTier: none,
  restoreDays: lower,
  parts: none,
  sse: none,
  sseKmsKeyId: none,
  acl: none,
  requestPayer: none,
  conditional: become(true),
  lock: none,
  maxConcurrency: lower,
  requestConcurrency: lower,
  retry: any,
  keys: any,
  // its settings must be those of the deployment, too
  apply: any,
  undo: any,
  hold: any,
  sourceOwner: unset,
  destinationOwner: unset,
};

/** Fields that `mayOverride` cannot list: the roles allow no other bucket, folder or owner, and the last five are always free. */
const FIXED = [
  'source',
  'destination',
  'prefix',
  'destinationPrefix',
  'sourceOwner',
  'destinationOwner',
  'retry',
  'keys',
  'apply',
  'undo',
  'hold',
] as const;

export type InputField = keyof SyncRequest;
/** A field of the input that `mayOverride` can list. */
export type OverridableField = Exclude<InputField, (typeof FIXED)[number]>;

export const OVERRIDABLE_FIELDS = (Object.keys(NARROWING) as InputField[]).filter(
  (field) => !FIXED.some((fixed) => fixed === field),
) as OverridableField[];
