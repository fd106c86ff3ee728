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
    `This is an explicit deny, in ${policy}: no policy that allows it lifts that. Change the statement that denies it, or use ` +
    `credentials that it does not apply to${adviseOnTls(endpoint)}`
  );
}

/** The policies of many buckets deny all requests without TLS. */
function adviseOnTls(endpoint: string | undefined): string {
  return endpoint?.startsWith('http:')
    ? '. The endpoint is http://: if a policy asks for TLS (`aws:SecureTransport`), name the endpoint with https://'
    : '';
}

/** What helps for codes that are not about permissions. */
const ADVICE: Readonly<Record<string, string>> = {
  QuotaExceeded: 'The server has no room for it: make room, or have the quota raised',
  AccountProblem: 'The server has a problem with the account, such as a bill: its owner or the provider knows more',
  AllAccessDisabled: 'The owner or the provider has closed the bucket: its owner has to open it again',
  SecondLevelDomainForbidden:
    'The server wants the bucket in the host name: use `--addressing-style virtual`, or an endpoint of the provider for such requests',
  NotImplemented: 'The server does not know this kind of request',
};

/** Advice for a code that no permission changes. */
export function adviseOnCode(code: string): string {
  return ADVICE[code] ?? 'This is the word of the server, and no permission that is missing: ask whoever runs it';
}

export function hasAdvice(code: string): boolean {
  return code in ADVICE;
}
