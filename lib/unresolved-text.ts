import { Reference, Token, Tokenization } from 'aws-cdk-lib';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { LongName } from './import-bucket';

const ACCOUNT = '000000000000';

/** Placeholders for texts that CloudFormation fills in, for fields that require a special form. */
const STAND_INS: Readonly<Record<string, string>> = {
  sourceOwner: ACCOUNT,
  destinationOwner: ACCOUNT,
  distribution: 'EUNRESOLVED',
  sseKmsKeyId: `arn:aws:kms:us-east-1:${ACCOUNT}:key/unresolved`,
};

/**
 * Replaces each token by a text of the right form, so that the rest can be checked at synthesis. The same token always becomes
 * the same text, so that a bucket is recognised. Two tokens count as two buckets, unless the buckets have names of their own.
 */
export function withoutTokens<Value>(value: Value, field = ''): Value {
  if (typeof value === 'string') return (Token.isUnresolved(value) ? standIn(value, field) : value) as Value;
  if (Array.isArray(value)) return value.map((item) => withoutTokens(item, field)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutTokens(item, name)])) as Value;
}

function standIn(text: string, field: string): string {
  const known = STAND_INS[field];
  if (known !== undefined) return known;
  const fragments = Tokenization.reverseString(text);
  return fragments.mapTokens({ mapToken: (token) => givenName(token) ?? `unresolved-${numberOf(token)}` }).join(JOIN);
}

/** The name of a bucket that the app creates with its own name, because elsewhere it may be imported by that name. */
function givenName(token: object): string | undefined {
  if (token instanceof LongName) return token.bucketName;
  if (!Reference.isReference(token) || token.displayName !== 'Ref') return undefined;
  const { bucketName } = token.target as Partial<CfnBucket>;
  return bucketName === undefined || Token.isUnresolved(bucketName) ? undefined : bucketName;
}

const JOIN = { join: (left: unknown, right: unknown) => `${left ?? ''}${right ?? ''}` };

const numbers = new WeakMap<object, number>();
let count = 0;

function numberOf(token: object): number {
  const number = numbers.get(token) ?? ++count;
  numbers.set(token, number);
  return number;
}
