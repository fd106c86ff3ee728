import type { Run } from '../../statemachine/contract';
import { partitionOf } from '../../statemachine/partition';
import type { Denial } from './probe-permissions';

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: string[];
  readonly Resource: string;
}

const ACLS =
  '. The destination uses ACLs (its Object Ownership is not `BucketOwnerEnforced`): deploy with `acls: true`, or turn its ACLs off';

/** One message for all that is missing: each action with its resource, and the policy statements that allow them. */
export function describeDenials(run: Run, denials: readonly Denial[]): string {
  const missing = denials.map((denial) => ({ denial, ...readMessage(run, denial) }));
  const lines = missing.map(({ denial, actions, resource }) => {
    return `${actions.join(' or ')} on ${resource} (${denial.error.message})`;
  });
  const statements: Statement[] = [];
  for (const { actions, resource } of missing) {
    const same = statements.find(({ Resource }) => Resource === resource);
    if (!same) statements.push({ Effect: 'Allow', Action: [...actions], Resource: resource });
    else same.Action.push(...actions.filter((action) => !same.Action.includes(action)));
  }
  const tagsOnly = missing.every(({ actions }) => actions.every((action) => action.endsWith('Tagging')));
  return (
    `S3 refused what the run has to do: ${lines.join('; ')}. ` +
    `Allow it, in the role's policy and where the bucket is another account's in the bucket's: ${JSON.stringify(statements)}` +
    (missing.some(({ actions }) => actions.includes('s3:PutObjectAcl')) ? ACLS : '') +
    (tagsOnly ? '. Or leave tags behind by `tags: "ignore"`' : '')
  );
}

/** How S3 names what is missing: the action, and the resource. */
export const DENIED_ACTION = /not authorized to perform: ([\w-]+:\w+) on resource: "?(arn:[^\s"]+)/;

/** Newer answers of S3 name the action, which may be one of KMS, and the resource; others are about what was tried. */
function readMessage(run: Run, { actions, side, error }: Denial): { actions: readonly string[]; resource: string } {
  const [, action = '', resource = ''] = DENIED_ACTION.exec(error.message) ?? [];
  if (action.startsWith('kms:')) {
    // A write that is encrypted by a key takes both.
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
