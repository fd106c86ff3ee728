import {
  type CrossAccountPolicy,
  listCrossAccountPolicies,
  type MirroredBucket,
} from '../../permissions/cross-account';
import { InvalidInputError } from '../../statemachine/errors';
import { kmsKeyArn } from '../../statemachine/input/field-types';
import { parseSyncInput } from '../../statemachine/input/parse-sync-input';
import { syncInputSchema } from '../../statemachine/input/sync-input';
import { regionOfArn } from '../../statemachine/partition';
import { parseS3Url } from '../../wording/s3-url';
import { print, printJson } from '../output/output';

interface PolicyOptions {
  readonly sourceAccount: string;
  readonly destinationAccount: string;
  /** Where bucketsync is deployed. */
  readonly account?: string;
  readonly stack: string;
  readonly sourceKey?: string;
  readonly destinationKey?: string;
  readonly partition: string;
  /** The destination uses ACLs. */
  readonly acls?: boolean;
  /** The run restores archived objects of the source. */
  readonly restores?: boolean;
  /** Runs can be undone. */
  readonly undoable?: boolean;
  readonly json?: boolean;
}

/** `bucketsync policy`: what owners of buckets and keys in other accounts must allow. @returns the exit code */
export async function policyCommand(source: string, destination: string, options: PolicyOptions): Promise<number> {
  const [from, to] = [parseS3Url(source), parseS3Url(destination)];
  const prefixes = { prefix: from.prefix, destinationPrefix: to.prefix };
  const input = parseSyncInput({ source: from.bucket, destination: to.bucket, ...prefixes });
  const account = readAccount('--account', options.account ?? options.destinationAccount);
  const request = {
    source: {
      bucket: input.source,
      prefix: input.prefix,
      account: readAccount('--source-account', options.sourceAccount),
      ...readKey('--source-key', options.sourceKey),
    },
    destination: {
      bucket: input.destination,
      prefix: input.destinationPrefix,
      account: readAccount('--destination-account', options.destinationAccount),
      ...readKey('--destination-key', options.destinationKey),
    },
    account,
    stackName: options.stack,
    partition: options.partition,
    acls: options.acls,
    restores: options.restores,
    undoable: options.undoable,
  };
  const policies = listCrossAccountPolicies(request);
  // a bucket that keeps its ACLs must not be told to disable them
  const ownership = options.acls || request.destination.account === account ? [] : [request.destination];
  if (options.json) printJson({ account, policies, ownership: ownership.map(ownershipControls) });
  else
    print(
      `${[...policies.map(describePolicy), ...ownership.map(describeOwnership)].join('\n\n') || describeNone(account)}\n`,
    );
  return 0;
}

function readAccount(option: string, account: string): string {
  if (syncInputSchema.shape.sourceOwner.safeParse(account).success) return account;
  throw new InvalidInputError(`Expected ${option} to be an AWS account id of 12 digits, got "${account}"`);
}

/** S3 encrypts only with keys of the bucket's own region, so the key has the region of the bucket. */
function readKey(option: string, keyArn: string | undefined): Pick<MirroredBucket, 'keyArn' | 'region'> {
  if (keyArn === undefined) return { region: '' };
  if (kmsKeyArn.safeParse(keyArn).success) return { keyArn, region: regionOfArn(keyArn) ?? '' };
  throw new InvalidInputError(
    `Expected ${option} to be the ARN of a KMS key (arn:aws:kms:REGION:ACCOUNT:key/ID), got "${keyArn}"`,
  );
}

function describePolicy({ kind, account, resource, document }: CrossAccountPolicy): string {
  const [what, how] =
    kind === 'bucket'
      ? [`bucket ${resource}`, `aws s3api put-bucket-policy --bucket ${resource} --policy file://policy.json`]
      : [
          `key ${resource}`,
          `aws kms put-key-policy --key-id ${resource} --policy-name default --policy file://policy.json`,
        ];
  return [
    `# In account ${account}: add these statements to the policy of the ${what}`,
    `# (${how} replaces the whole policy)`,
    JSON.stringify(document, null, 2),
  ].join('\n');
}

function ownershipControls({ bucket, account }: { readonly bucket: string; readonly account: string }) {
  return { bucket, account, ownershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } };
}

function describeOwnership({ bucket, account }: { readonly bucket: string; readonly account: string }): string {
  return [
    `# In account ${account}: make the bucket's owner the owner of all copies; this is the default of new buckets`,
    `aws s3api put-bucket-ownership-controls --bucket ${bucket} --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'`,
  ].join('\n');
}

function describeNone(account: string): string {
  return `Nothing to paste: both sides belong to account ${account}, where the policies of bucketsync's own roles are enough.`;
}
