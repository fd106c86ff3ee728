import type { SyncInput } from '../../../statemachine/contract';
import type { BucketFacts, BucketSettings } from '../bucket-facts';
import { failure, judge, ok, unchecked, type Verdict, warning } from '../finding';
import { type Condition, type Deny, type DenyKind, readDenies } from '../policy';

/** What a deployed mirror sends with each write. Absent: nobody knows the options of the run. */
export type WrittenHeaders = Pick<SyncInput, 'sse' | 'sseKmsKeyId' | 'acl' | 'storageClass'>;

function judgeDenies(
  facts: BucketFacts,
  { policy }: BucketSettings,
  kinds: readonly DenyKind[],
  verdict: (denies: readonly Deny[]) => Verdict,
): Verdict {
  return judge(policy, (text) => {
    if (text === undefined) return ok('no policy');
    try {
      return verdict(readDenies(text, facts.side, facts).filter(({ kind }) => kinds.includes(kind)));
    } catch {
      return unchecked('the policy cannot be read');
    }
  });
}

const shownBy = ({ bucket, awsOptions }: BucketFacts): readonly string[] => [
  ...['aws', 's3api', 'get-bucket-policy', '--bucket', bucket, '--query', 'Policy', '--output', 'text'],
  ...awsOptions,
];

export function checkTls(facts: BucketFacts, settings: BucketSettings): Verdict {
  return judgeDenies(facts, settings, ['tls'], (denies) => {
    if (denies.length === 0) return ok('the policy does not demand TLS');
    if (facts.endpoint?.startsWith('http:') !== true) return ok('the policy demands TLS, which all requests have');
    return failure(
      `the policy demands TLS (statement ${namesOf(denies)}), and the endpoint ${facts.endpoint} begins with http://: use https://`,
    );
  });
}

/** Whether a policy denies an action of a run, for any form of the request. */
export function checkDenies(facts: BucketFacts, settings: BucketSettings): Verdict {
  return judgeDenies(facts, settings, ['always', 'otherwise'], (denies) => {
    const actions = (some: readonly Deny[]) => [...new Set(some.flatMap((deny) => deny.actions))].join(', ');
    const certain = denies.filter(({ kind, isForAll }) => kind === 'always' && isForAll);
    if (certain.length > 0) {
      return failure(
        `the policy denies ${actions(certain)} to everybody (statement ${namesOf(certain)}): make the run's role an exception`,
        shownBy(facts),
      );
    }
    if (denies.length === 0) return ok('the policy denies nothing that a run does');
    return warning(
      `the policy denies ${actions(denies)} to some (statement ${namesOf(denies)}): make sure that the run's role is not among them`,
      shownBy(facts),
    );
  });
}

/** A run finds out by itself that it must write under conditions. But it must be able both to add and to replace objects. */
export function checkConditionalWrites(facts: BucketFacts, settings: BucketSettings): Verdict {
  return judgeDenies(facts, settings, ['conditional-writes'], (denies) => {
    if (denies.length === 0) return ok('the policy does not enforce conditional writes');
    const only = denies.flatMap(({ name, conditions }) => {
      const keys = conditions.map(({ key }) => key);
      if (keys.includes('s3:if-match') === keys.includes('s3:if-none-match')) return [];
      return [{ name, adds: keys.includes('s3:if-none-match') }];
    });
    const [first] = only;
    if (first === undefined) return ok('the policy enforces conditional writes, which every run obeys');
    const lacks = first.adds ? 'be added (If-None-Match), not replaced' : 'be replaced (If-Match), not added';
    return failure(
      `by the policy (statement ${first.name}), objects may only ${lacks}, and a mirror has to do both: make the run's role an exception`,
      shownBy(facts),
    );
  });
}

type HeaderOption = readonly [option: string, sent: (headers: WrittenHeaders) => string | undefined];

/** The option that adds each header. */
const OPTIONS: Readonly<Record<string, HeaderOption>> = {
  's3:x-amz-server-side-encryption': ['--sse', ({ sse }) => sse],
  's3:x-amz-server-side-encryption-aws-kms-key-id': ['--sse-kms-key-id', ({ sseKmsKeyId }) => sseKmsKeyId],
  's3:x-amz-acl': ['--acl', ({ acl }) => (acl === 'auto' || acl === 'none' ? undefined : acl)],
  's3:x-amz-storage-class': [
    '--storage-class',
    ({ storageClass }) => (storageClass === 'same' ? undefined : storageClass),
  ],
};

/** Whether each write has the headers without which a policy denies it. @param sent  undefined: unknown */
export function checkHeaders(facts: BucketFacts, settings: BucketSettings, sent: WrittenHeaders | undefined): Verdict {
  return judgeDenies(facts, settings, ['headers'], (denies) => {
    if (denies.length === 0) return ok('the policy demands no header');
    const demanded = denies.flatMap(({ conditions }) => conditions.filter(({ key }) => Object.hasOwn(OPTIONS, key)));
    const missing = demanded.filter((condition) => !isMet(condition, sent));
    if (missing.length === 0) return ok('each write has the headers that the policy demands');
    const advice = [...new Set(missing.map(describeDemand))].join(' and ');
    const says = `the policy denies writes (statement ${namesOf(denies)}) without a header`;
    return sent === undefined
      ? warning(`${says}: run with ${advice}`, shownBy(facts))
      : failure(`${says}, which the deployed mirror does not send: deploy it with ${advice}`, shownBy(facts));
  });
}

/** A deny holds if its condition does, so a write must not meet it. */
function isMet({ operator, key, values }: Condition, sent: WrittenHeaders | undefined): boolean {
  const value = sent && OPTIONS[key]?.[1](sent);
  if (/^Null$/i.test(operator)) return values.includes('true') ? value !== undefined : value === undefined;
  if (/Not(Equals|Like)/i.test(operator)) {
    return value === undefined ? /IfExists$/i.test(operator) : values.some((wanted) => matches(wanted, value));
  }
  return sent !== undefined && (value === undefined || !values.some((refused) => matches(refused, value)));
}

function matches(pattern: string, value: string): boolean {
  return pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : pattern === value;
}

function describeDemand({ operator, key, values }: Condition): string {
  const [option = ''] = OPTIONS[key] ?? [];
  if (/^Null$/i.test(operator)) return values.includes('true') ? option : `no ${option}`;
  return /Not(Equals|Like)/i.test(operator)
    ? `${option} ${values.join(' or ')}`
    : `no ${option} ${values.join(' or ')}`;
}

function namesOf(denies: readonly Deny[]): string {
  return denies.map(({ name }) => name).join(', ');
}
