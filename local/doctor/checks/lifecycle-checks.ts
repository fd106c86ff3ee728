import type { LifecycleRule } from '@aws-sdk/client-s3';
import { formatCount } from '../../../wording/numbers';
import type { BucketFacts, BucketSettings, LifecycleFacts } from '../bucket-facts';
import { judge, ok, type Verdict, warning } from '../finding';

const DAYS_OF_UPLOADS = 7;
const DAYS_OF_VERSIONS = 90;
const DAY_MS = 86_400_000;
/** The most uploads for which a command is shown. */
const SHOWN_UPLOADS = 3;

/** A killed run leaves parts behind, which nobody sees and everybody pays for. */
export function checkUploadRule(facts: BucketFacts, settings: BucketSettings): Verdict {
  return judge(settings.lifecycle, (known) => {
    const rule = findUploadRule(known, facts.prefix);
    if (rule) return ok(`unfinished uploads end after ${formatDays(rule.DaysAfterInitiation)}`);
    return warning(
      'no lifecycle rule ends unfinished uploads, which cost as much as objects',
      putRules(facts, { ...known, rules: [...known.rules, ...missingRules(facts, settings, known)] }),
    );
  });
}

/** Without such a rule, a bucket with versions keeps all that was ever overwritten or deleted. */
export function checkVersionRule(facts: BucketFacts, settings: BucketSettings): Verdict {
  return judge(settings.lifecycle, (known) => {
    const rule = findVersionRule(known, facts.prefix);
    if (rule) return ok(`former versions expire after ${formatDays(rule.NoncurrentDays)}`);
    return judge(settings.versioning, (status) => {
      if (status === undefined) return ok('there are no former versions');
      return warning(
        'former versions never expire, so all that was overwritten or deleted costs money for ever',
        putRules(facts, { ...known, rules: [...known.rules, ...missingRules(facts, settings, known)] }),
      );
    });
  });
}

/** A rule that deletes current objects works against the mirror: the next run copies them again. */
export function checkExpiry(facts: BucketFacts, settings: BucketSettings): Verdict {
  return judge(settings.lifecycle, (known) => {
    const rules = active(known).filter(
      ({ Expiration, Filter, Prefix }) =>
        (Expiration?.Days !== undefined || Expiration?.Date !== undefined) &&
        overlaps(Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? '', facts.prefix),
    );
    const [rule] = rules;
    if (!rule) return ok('no lifecycle rule deletes current objects');
    const kept = [...known.rules.filter((each) => !rules.includes(each)), ...missingRules(facts, settings, known)];
    return warning(
      `the lifecycle rule ${rule.ID ?? ''} deletes current objects, and each run copies them again`.replace('  ', ' '),
      kept.length === 0
        ? ['aws', 's3api', 'delete-bucket-lifecycle', '--bucket', facts.bucket, ...facts.awsOptions]
        : putRules(facts, { ...known, rules: kept }),
    );
  });
}

export function checkUploads(facts: BucketFacts, { uploads, now }: BucketSettings): Verdict {
  return judge(uploads, (found) => {
    const old = found.filter(({ startedAt }) => now - startedAt >= DAYS_OF_UPLOADS * DAY_MS);
    if (old.length === 0) return ok('no upload was left behind');
    const commands = old
      .slice(0, SHOWN_UPLOADS)
      .map(({ key, id }) => [
        ...['aws', 's3api', 'abort-multipart-upload', '--bucket', facts.bucket, '--key', key, '--upload-id', id],
        ...facts.awsOptions,
      ]);
    const what = old.length === 1 ? 'an upload is' : `${formatCount(old.length)} uploads are`;
    return warning(`${what} unfinished since a week or longer`, ...commands);
  });
}

function active({ rules }: LifecycleFacts): LifecycleRule[] {
  return rules.filter(({ Status }) => Status === 'Enabled');
}

/** Whether a rule is for all objects of a folder. One that is limited by tags or sizes is not. */
function covers({ Filter, Prefix = '' }: LifecycleRule, folder: string): boolean {
  const isLimited =
    Filter?.Tag !== undefined ||
    Filter?.And !== undefined ||
    Filter?.ObjectSizeGreaterThan !== undefined ||
    Filter?.ObjectSizeLessThan !== undefined;
  return !isLimited && folder.startsWith(Filter?.Prefix ?? Prefix);
}

function overlaps(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}

function findUploadRule(known: LifecycleFacts, prefix: string) {
  const rules = active(known).filter((rule) => covers(rule, prefix));
  return rules.flatMap(({ AbortIncompleteMultipartUpload: found }) => found ?? [])[0];
}

function findVersionRule(known: LifecycleFacts, prefix: string) {
  const rules = active(known).filter((rule) => covers(rule, prefix));
  return rules.flatMap(({ NoncurrentVersionExpiration: found }) => found ?? [])[0];
}

/**
 * S3 replaces all rules at once. So each command has the present rules, and those of the commands of other lines: otherwise the
 * command of one line would undo the command of another.
 */
function missingRules({ prefix }: BucketFacts, { versioning }: BucketSettings, known: LifecycleFacts): LifecycleRule[] {
  const rule = { Status: 'Enabled', Filter: { Prefix: prefix } } as const;
  const hasVersions = 'value' in versioning && versioning.value !== undefined;
  return [
    ...(findUploadRule(known, prefix)
      ? []
      : [
          {
            ...{ ID: 'end-unfinished-uploads', ...rule },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: DAYS_OF_UPLOADS },
          },
        ]),
    ...(findVersionRule(known, prefix) || !hasVersions
      ? []
      : [
          {
            ...{ ID: 'expire-former-versions', ...rule },
            NoncurrentVersionExpiration: { NoncurrentDays: DAYS_OF_VERSIONS },
          },
        ]),
  ];
}

function putRules({ bucket, awsOptions }: BucketFacts, { rules, transitionDefault }: LifecycleFacts) {
  return [
    ...['aws', 's3api', 'put-bucket-lifecycle-configuration', '--bucket', bucket],
    ...['--lifecycle-configuration', JSON.stringify({ Rules: rules })],
    ...(transitionDefault === undefined ? [] : ['--transition-default-minimum-object-size', transitionDefault]),
    ...awsOptions,
  ];
}

function formatDays(days = 0): string {
  return days === 1 ? 'a day' : `${formatCount(days)} days`;
}
