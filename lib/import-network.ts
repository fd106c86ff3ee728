import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { BucketSyncProps } from './bucket-sync-props';
import type { MirrorSettings } from './mirror-settings';

type Network = Pick<BucketSyncProps, 'vpc' | 'vpcSubnets' | 'securityGroups'>;

/** The network of a context, given by ids. Nothing is looked up, so synthesis requires no account. */
export function importNetwork(scope: Construct, { vpcId, vpcSubnets, securityGroupIds }: MirrorSettings): Network {
  if (vpcId === undefined) return {};
  return {
    // CDK requires a zone, which has no effect because the subnets are named
    vpc: ec2.Vpc.fromVpcAttributes(scope, 'Vpc', { vpcId, availabilityZones: ['any'] }),
    vpcSubnets: {
      subnets: vpcSubnets?.map((id, index) => ec2.Subnet.fromSubnetId(scope, `Subnet${index + 1}`, id)),
    },
    ...(securityGroupIds && {
      securityGroups: securityGroupIds.map((id, index) =>
        ec2.SecurityGroup.fromSecurityGroupId(scope, `SecurityGroup${index + 1}`, id, { mutable: false }),
      ),
    }),
  };
}
