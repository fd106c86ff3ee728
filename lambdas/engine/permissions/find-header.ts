import type { WriteHeaders } from '../ports/bucket-probes';
import type { StoreError } from '../ports/store-error';
import { explicitDeny } from './explain-denial';
import type { Probing } from './probing';

/** An option of the run, and the headers that it adds. */
type Remedy = readonly [option: string, headers: WriteHeaders];

const ENCRYPTIONS: readonly Remedy[] = [
  ['`--sse AES256` (`sse`)', { sse: 'AES256' }],
  ['`--sse aws:kms` (`sse`)', { sse: 'aws:kms' }],
];
const ACL: Remedy = ['`--acl bucket-owner-full-control` (`acl`)', { acl: 'bucket-owner-full-control' }];
const CLASSES: readonly Remedy[] = ['INTELLIGENT_TIERING', 'STANDARD_IA', 'ONEZONE_IA', 'GLACIER_IR'].map(
  (storageClass) => [`\`--storage-class ${storageClass}\` (\`storageClass\`)`, { storageClass }],
);

/** S3's words if no policy allows the action. Then no header helps. */
const IMPLICIT = /because no .*polic(y|ies) allows?/;

/**
 * Finds out by trial which header a policy demands in writes. A server that does not name an explicit deny may still demand
 * encryption.
 *
 * @param denied  S3's error without the header
 * @returns the option that adds the header; undefined if no header helps
 */
export async function findHeader(
  { run, probes }: Probing,
  key: string,
  denied: StoreError,
): Promise<string | undefined> {
  if (denied.reason !== 'access-denied' || IMPLICIT.test(denied.message)) return undefined;
  const { sse, storageClass } = run.input;
  const given = {
    ...(sse && { sse: sse as WriteHeaders['sse'] }),
    ...(storageClass !== 'same' && { storageClass }),
    ...(run.settings.acls && ACL[1]),
  };
  const mayEncrypt = sse === undefined ? ENCRYPTIONS : [];
  const isExplicit = explicitDeny(denied.message) !== undefined;
  const single = isExplicit
    ? [...mayEncrypt, ...(run.settings.acls ? [] : [ACL]), ...(storageClass === 'same' ? CLASSES : [])]
    : mayEncrypt;
  const both = isExplicit ? mayEncrypt.map((encryption) => together(encryption, ACL)) : [];
  return (await firstAccepted(single)) ?? (await firstAccepted(both));

  async function firstAccepted(remedies: readonly Remedy[]): Promise<string | undefined> {
    const accepted = await Promise.all(
      remedies.map(([, headers]) => probes.acceptsWrite(`${key}-header`, { ...given, ...headers })),
    );
    return remedies.find((_, index) => accepted[index])?.[0];
  }
}

function together([one, headers]: Remedy, [other, more]: Remedy): Remedy {
  return [`${one} and ${other}`, { ...headers, ...more }];
}
