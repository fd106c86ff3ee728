import type { Template } from 'aws-cdk-lib/assertions';
import { listResources } from './synthesize';

/** One action that a role may use on one resource, as a line of text can show it. */
export interface Permission {
  /** Name of the Task, or of another construct that has a role. */
  readonly grantee: string;
  readonly action: string;
  readonly resource: string;
}

interface PolicyProperties {
  readonly Roles: readonly { readonly Ref: string }[];
  readonly PolicyDocument: {
    readonly Statement: readonly { readonly Action: string | string[]; readonly Resource: unknown }[];
  };
}

/** Everything that the template's policies allow to its roles. */
export function listPermissions(template: Template): Permission[] {
  return listResources<PolicyProperties>(template, 'AWS::IAM::Policy').flatMap(([, { Roles, PolicyDocument }]) =>
    PolicyDocument.Statement.flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource]
            .flat()
            .flatMap((resource) =>
              Roles.map((role) => ({ grantee: shorten(role.Ref), action, resource: formatResource(resource) })),
            ),
        ),
    ),
  );
}

/** A value of a template that CloudFormation fills in. */
export interface CfnFunction {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly [string, string];
  readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
  /** Here only ever a part of an own resource's ARN. */
  readonly 'Fn::Select'?: readonly [number, { readonly 'Fn::Split': readonly [string, unknown] }];
}

/** An ARN as text, with the logical ids of this stack's own resources in brackets. */
function formatResource(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join, 'Fn::Select': part } = value as CfnFunction;
  if (Ref) return `<${shorten(Ref)}>`;
  if (attribute) return `<${shorten(attribute[0])}>`;
  if (join)
    return join[1]
      .map(formatResource)
      .join('')
      .replace(/^arn:<AWS::Partition>:/, '');
  if (part) return formatResource(part[1]['Fn::Split'][1]);
  throw new Error(`Expected a string or one of four functions, got ${JSON.stringify(value)}`);
}

/** `BucketSyncFunctionsCopyRangeRole8EEE00DC` becomes `CopyRange`. */
function shorten(logicalId: string): string {
  return logicalId.replace(/^BucketSync(Functions)?/, '').replace(/(Role)?[0-9A-F]{8}$/, '');
}
