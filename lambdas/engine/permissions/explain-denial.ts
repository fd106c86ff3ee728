/** How S3 says that a policy explicitly denies something, and which kind of policy. No other policy can allow it then. */
const EXPLICIT_DENY = /with an explicit deny(?: in an? ([^()"]*?policy|permissions boundary))?/i;

const POLICIES: Readonly<Record<string, string>> = {
  'identity-based policy': "a policy of these credentials' own user or role",
  'resource-based policy': 'the policy of the bucket, the key or the access point',
  'service control policy': 'a service control policy of the organization (AWS Organizations)',
  'resource control policy': 'a resource control policy of the organization (AWS Organizations)',
  'session policy': 'the policy that the session was started with',
  'permissions boundary': "the permissions boundary of these credentials' user or role",
  'vpc endpoint policy': 'the policy of the VPC endpoint that the request came through',
};

/** The policy that explicitly denies it, in words; undefined if the message names no explicit deny. */
export function explicitDeny(message: string): string | undefined {
  const found = EXPLICIT_DENY.exec(message);
  if (!found) return undefined;
  return POLICIES[found[1]?.toLowerCase() ?? ''] ?? 'a policy';
}

/** What helps against an explicit deny. @param endpoint  of the server, if it is not AWS */
export function adviseOnDeny(policy: string, endpoint?: string): string {
  return (
    `This is an explicit deny, in ${policy}. A policy that allows the action does not help. Change the statement that denies it, or use ` +
    `credentials to which it does not apply${adviseOnTls(endpoint)}`
  );
}

/** The policies of many buckets deny all requests without TLS. */
function adviseOnTls(endpoint: string | undefined): string {
  return endpoint?.startsWith('http:')
    ? '. The endpoint begins with http://. If a policy requires TLS (`aws:SecureTransport`), use https://'
    : '';
}

/** What helps for codes that are not about permissions. */
const ADVICE: Readonly<Record<string, string>> = {
  QuotaExceeded: 'The server has no space for it. Delete something, or ask for a larger quota',
  AccountProblem: 'The server has a problem with the account, such as an unpaid bill. Ask its owner or the provider',
  AllAccessDisabled: 'The owner or the provider has disabled the bucket. Its owner has to enable it again',
  SecondLevelDomainForbidden:
    'The server requires the bucket in the host name. Use `--addressing-style virtual`, or the endpoint that the provider names for such requests',
  NotImplemented: 'The server does not support this kind of request',
};

/** Advice for a code that no permission changes. */
export function adviseOnCode(code: string): string {
  return (
    ADVICE[code] ?? 'The reason comes from the server, and is not a missing permission. Ask the operator of the server'
  );
}

export function hasAdvice(code: string): boolean {
  return code in ADVICE;
}
