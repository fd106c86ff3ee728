import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketSync, type BucketSyncProps } from '../../lib';
import { SYNC_TASKS } from '../../permissions/sync-tasks';
import { createApp } from './synthesize';

function synthesize(network: (stack: Stack, vpc: ec2.IVpc) => Partial<BucketSyncProps>): Template {
  const stack = new Stack(createApp(), 'Test', { env: { account: '111122223333', region: 'eu-west-1' } });
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-west-1a'],
    privateSubnetIds: ['subnet-0123456789abcdef0'],
  });
  new BucketSync(stack, 'Sync', {
    mirrors: [
      {
        source: s3.Bucket.fromBucketName(stack, 'Source', 'a-source'),
        destination: s3.Bucket.fromBucketName(stack, 'Destination', 'a-destination'),
      },
    ],
    ...network(stack, vpc),
  });
  return Template.fromStack(stack);
}

describe('a vpc', () => {
  it('has all functions in it, whose roles may join it, and which open connections to port 443 alone', () => {
    const template = synthesize((_stack, vpc) => ({ vpc }));

    const functions = Object.values(
      template.findResources('AWS::Lambda::Function', {
        Properties: { VpcConfig: { SubnetIds: ['subnet-0123456789abcdef0'] } },
      }),
    );
    expect(functions).toHaveLength(SYNC_TASKS.length);
    const joining = { Action: Match.arrayWith(['ec2:CreateNetworkInterface']), Resource: '*' };
    const policies = template.findResources('AWS::IAM::Policy', {
      Properties: { PolicyDocument: { Statement: Match.arrayWith([Match.objectLike(joining)]) } },
    });
    expect(Object.keys(policies)).toHaveLength(SYNC_TASKS.length);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      VpcId: 'vpc-0123456789abcdef0',
      SecurityGroupEgress: [Match.objectLike({ FromPort: 443, ToPort: 443, IpProtocol: 'tcp' })],
      SecurityGroupIngress: Match.absent(),
    });
  });

  it('takes the security groups and subnets that are given', () => {
    const template = synthesize((stack, vpc) => ({
      vpc,
      vpcSubnets: { subnets: [ec2.Subnet.fromSubnetId(stack, 'Other', 'subnet-0fedcba9876543210')] },
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')],
    }));

    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
    template.allResourcesProperties('AWS::Lambda::Function', {
      VpcConfig: { SubnetIds: ['subnet-0fedcba9876543210'], SecurityGroupIds: ['sg-0123456789abcdef0'] },
    });
  });

  it('is needed for its subnets and security groups', () => {
    expect(() => synthesize(() => ({ vpcSubnets: {} }))).toThrow('beside `vpc`');
  });
});
