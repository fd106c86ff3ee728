import type { BucketFacts, BucketSettings } from '../bucket-facts';
import { failure, judge, ok, type Verdict, warning } from '../finding';
import { placeOf } from '../place-of';
import { checkExpiry, checkUploadRule, checkUploads, checkVersionRule } from './lifecycle-checks';
import { checkHold, checkLock } from './lock-check';
import { checkConditionalWrites, checkDenies, checkHeaders, checkTls, type WrittenHeaders } from './policy-checks';

export type BucketCheck = (facts: BucketFacts, settings: BucketSettings, sent?: WrittenHeaders) => Verdict;

function checkOwner({ owner, bucket, side, awsOptions }: BucketFacts, { ownedAsExpected }: BucketSettings): Verdict {
  return judge(ownedAsExpected, (isOwned) => {
    if (isOwned) return ok(`belongs to account ${owner}`);
    return failure(
      `does not belong to account ${owner}: correct the name of the bucket or --${side}-owner, and write nothing before`,
      ['aws', 's3api', 'get-bucket-acl', '--bucket', bucket, '--query', 'Owner', ...awsOptions],
    );
  });
}

/** A folder without objects is probably misspelt. */
function checkReading(facts: BucketFacts, { readable, firstKey }: BucketSettings): Verdict {
  const { bucket, awsOptions } = facts;
  return judge(firstKey, (key) => {
    if (key === undefined) {
      return warning(
        `there is no object in ${placeOf(facts)}, so a run would refuse to empty the destination: check the name of the folder`,
        ['aws', 's3', 'ls', placeOf({ bucket, prefix: '' }), ...awsOptions],
      );
    }
    return judge(readable, (isReadable) => {
      if (isReadable === true) return ok('its first object can be read');
      const head = ['aws', 's3api', 'head-object', '--bucket', bucket, '--key', key];
      return failure(`its first object cannot be read: ${isReadable}`, [...head, ...awsOptions]);
    });
  });
}

function checkVersioning({ bucket, awsOptions }: BucketFacts, { versioning }: BucketSettings): Verdict {
  return judge(versioning, (status) => {
    if (status === 'Enabled') return ok('what a run overwrites or deletes stays as a former version');
    return warning(
      `versioning is ${status === undefined ? 'off' : 'suspended'}: what a run overwrites or deletes is gone`,
      [
        ...['aws', 's3api', 'put-bucket-versioning', '--bucket', bucket],
        ...['--versioning-configuration', 'Status=Enabled', ...awsOptions],
      ],
    );
  });
}

function checkOwnership({ bucket, awsOptions }: BucketFacts, { ownership }: BucketSettings): Verdict {
  return judge(ownership, (setting) => {
    if (setting === 'BucketOwnerEnforced') return ok("the bucket's owner owns all copies, and there are no ACLs");
    return warning(
      `uses ACLs (Object Ownership is ${setting}): copies from another account may belong to that account`,
      [
        ...['aws', 's3api', 'put-bucket-ownership-controls', '--bucket', bucket],
        ...['--ownership-controls', 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]', ...awsOptions],
      ],
    );
  });
}

function checkObjectLock({ bucket, awsOptions }: BucketFacts, { lockedDays }: BucketSettings): Verdict {
  return judge(lockedDays, (days) => {
    if (days === undefined) return ok('no Object Lock');
    if (days === 0) return ok('Object Lock, but no version is locked by default');
    return warning(
      `Object Lock keeps each version for ${days} days, also those of bucketsync's own lock: nobody can delete what a run has copied by mistake`,
      [
        ...['aws', 's3api', 'put-object-lock-configuration', '--bucket', bucket],
        ...['--object-lock-configuration', 'ObjectLockEnabled=Enabled', ...awsOptions],
      ],
    );
  });
}

/** States of KMS in which a key works. */
const WORKING = ['Enabled'];

function checkKey({ awsOptions }: BucketFacts, { encryption, keyState }: BucketSettings): Verdict {
  return judge(encryption, ({ algorithm, keyId }) => {
    if (keyId === undefined) return ok(`new objects are encrypted with ${algorithm}, by a key of AWS`);
    return judge(keyState, (state) => {
      if (WORKING.includes(state ?? '')) return ok(`the key ${keyId} is enabled`);
      const kms = (...words: string[]) => ['aws', 'kms', ...words, '--key-id', keyId, ...withoutEndpoint(awsOptions)];
      if (state === 'Disabled') return failure(`the key ${keyId} is disabled`, kms('enable-key'));
      if (state === 'PendingDeletion') {
        return failure(`the key ${keyId} will be deleted`, kms('cancel-key-deletion'), kms('enable-key'));
      }
      return failure(`the key ${keyId} cannot be used: ${state}`, kms('describe-key'));
    });
  });
}

/** KMS is elsewhere. */
function withoutEndpoint(options: readonly string[]): readonly string[] {
  const index = options.indexOf('--endpoint-url');
  return index < 0 ? options : [...options.slice(0, index), ...options.slice(index + 2)];
}

/** In the order of the lines. */
export const SOURCE_CHECKS: Readonly<Record<string, BucketCheck>> = {
  owner: checkOwner,
  reading: checkReading,
  'policy-tls': checkTls,
  'policy-denies': checkDenies,
};

export const DESTINATION_CHECKS: Readonly<Record<string, BucketCheck>> = {
  owner: checkOwner,
  versioning: checkVersioning,
  'upload-rule': checkUploadRule,
  'version-rule': checkVersionRule,
  expiry: checkExpiry,
  uploads: checkUploads,
  ownership: checkOwnership,
  'object-lock': checkObjectLock,
  key: checkKey,
  'policy-tls': checkTls,
  'policy-headers': checkHeaders,
  'policy-conditions': checkConditionalWrites,
  'policy-denies': checkDenies,
  lock: checkLock,
  hold: checkHold,
};
