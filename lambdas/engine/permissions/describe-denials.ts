import type { Run } from '../../../statemachine/contract';
import { partitionOf } from '../../../statemachine/partition';
import type { StoreError } from '../ports/store-error';
import { adviseOnCode, adviseOnDeny, explicitDeny } from './explain-denial';

/** Something that the run has to do, and that S3 has rejected. */
export interface Denial {
  /** One or more of these are missing. */
  readonly actions: readonly string[];
  readonly side: 'source' | 'destination';
  readonly error: StoreError;
  /** The option that adds a header. With this header, S3 accepts the request. */
  readonly remedy?: string;
  /** The options of the run that changed the request, if any. A server may not know these features. */
  readonly options?: string;
}

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: string[];
  readonly Resource: string;
}

interface Named {
  readonly denial: Denial;
  readonly actions: readonly string[];
  readonly resource: string;
}

const ACLS =
  '. The destination uses ACLs (its Object Ownership is not `BucketOwnerEnforced`), or the input asks for one: deploy with `acls: true`, or turn its ACLs off. To send none: `acl: "none"`';

/**
 * One message for all denials: each action with its resource and the server's words, and what helps:
 *
 * | the server rejects it               | what helps                                 |
 * | ----------------------------------- | ------------------------------------------ |
 * | unless the request has a header     | the option that adds the header            |
 * | as unknown, with an option          | to leave the option out                    |
 * | by an explicit deny                 | a change of that policy, not another Allow |
 * | for another reason than permissions | what the server's code says                |
 * | because no policy allows it         | the policy statements that allow it        |
 *
 * @param endpoint  of the server, if it is not AWS
 */
export function describeDenials(run: Run, denials: readonly Denial[], endpoint?: string): string {
  const named = denials.map((denial) => ({ denial, ...readMessage(run, denial) }));
  const lines = named.map(
    ({ denial, actions, resource }) => `${actions.join(' or ')} on ${resource} (${denial.error.message})`,
  );
  const missing = named.filter(({ denial }) => denial.remedy === undefined && lacksPermission(denial));
  const others = named.filter((each) => !missing.includes(each)).map(({ denial }) => adviseOn(denial, endpoint));
  const advice = [...others, ...(missing.length > 0 ? [adviseToAllow(missing)] : [])];
  return `S3 denied actions that the run requires: ${lines.join('; ')}. ${[...new Set(advice)].join('. ')}`;
}

function lacksPermission({ error }: Denial): boolean {
  const isDenied = error.reason === 'access-denied' || error.reason === 'key-unusable';
  return isDenied && explicitDeny(error.message) === undefined;
}

function adviseOn({ error, remedy, options }: Denial, endpoint: string | undefined): string {
  if (remedy !== undefined)
    return `A policy lets the run write only if the request has a header: add ${remedy}, which it accepts`;
  if (options !== undefined && error.said?.status === 501) return `The server cannot do it: leave out ${options}`;
  const policy = explicitDeny(error.message);
  return policy === undefined ? adviseOnCode(error.said?.code ?? '') : adviseOnDeny(policy, endpoint);
}

function adviseToAllow(missing: readonly Named[]): string {
  const statements: Statement[] = [];
  for (const { actions, resource } of missing) {
    const same = statements.find(({ Resource }) => Resource === resource);
    if (!same) statements.push({ Effect: 'Allow', Action: [...actions], Resource: resource });
    else same.Action.push(...actions.filter((action) => !same.Action.includes(action)));
  }
  const tagsOnly = missing.every(({ actions }) => actions.every((action) => action.endsWith('Tagging')));
  return (
    `Allow it in the role's policy, and if the bucket belongs to another account, also in the bucket's policy: ${JSON.stringify(statements)}` +
    (missing.some(({ actions }) => actions.includes('s3:PutObjectAcl')) ? ACLS : '') +
    (tagsOnly ? '. Or leave tags out with `tags: "ignore"` (`--tags ignore`)' : '')
  );
}

/** How S3 names the missing action and the resource. */
export const DENIED_ACTION = /not authorized to perform: ([\w-]+:\w+) on resource: "?(arn:[^\s"]+)/;

/** Newer S3 messages name the action, which may be one of KMS, and the resource. Other messages are about what was tried. */
function readMessage(run: Run, { actions, side, error }: Denial): Pick<Named, 'actions' | 'resource'> {
  const [, action = '', resource = ''] = DENIED_ACTION.exec(error.message) ?? [];
  if (action.startsWith('kms:')) {
    // A write that a KMS key encrypts requires both actions.
    const reads = side === 'source' || (action === 'kms:Decrypt' && actions.includes('s3:GetObject'));
    return { actions: reads ? ['kms:Decrypt'] : ['kms:GenerateDataKey', 'kms:Decrypt'], resource };
  }
  const { input, sourceRegion, destinationRegion } = run;
  const [bucket, prefix, region] =
    side === 'source'
      ? [input.source, input.prefix, sourceRegion]
      : [input.destination, input.destinationPrefix, destinationRegion];
  return {
    actions: action === '' ? actions : [action],
    resource: `arn:${partitionOf(region)}:s3:::${bucket}/${prefix}*`,
  };
}
