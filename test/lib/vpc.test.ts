import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketSync, type BucketSyncProps } from '../../lib';
import { readSyncContext } from '../../lib/sync-context';
import { SYNC_TASKS } from '../../permissions/sync-tasks';
import { createApp, synthesize as synthesizeApp } from './synthesize';

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
        source: { bucket: s3.Bucket.fromBucketName(stack, 'Source', 'a-source') },
        destination: { bucket: s3.Bucket.fromBucketName(stack, 'Destination', 'a-destination') },
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

  it('uses the security groups and subnets that are given', () => {
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
    expect(() => synthesize(() => ({ vpcSubnets: {} }))).toThrow('together with `vpcSubnets`');
  });
});

describe('a network of the context', () => {
  const [vpcId, subnet, group] = ['vpc-0123456789abcdef0', 'subnet-0123456789abcdef0', 'sg-0123456789abcdef0'];
  const mirror = { source: 'a-source', destination: 'a-destination' };
  const fromContext = (context: object) => {
    const read = readSyncContext(new App({ context: { ...mirror, ...context } }).node);
    if (read.demo) throw new Error('Expected a mirror');
    return read.mirrors[0];
  };

  it('has all functions in its subnets, with a security group that opens connections to port 443 alone', () => {
    const template = synthesizeApp({ ...mirror, vpcId, vpcSubnets: [subnet, 'subnet-0fedcba9'] });

    template.allResourcesProperties('AWS::Lambda::Function', {
      VpcConfig: { SubnetIds: [subnet, 'subnet-0fedcba9'], SecurityGroupIds: [Match.anyValue()] },
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      VpcId: vpcId,
      SecurityGroupEgress: [Match.objectLike({ FromPort: 443, ToPort: 443 })],
    });
  });

  it('uses the security groups that are named, and creates none', () => {
    const template = synthesizeApp({
      ...mirror,
      vpcId,
      vpcSubnets: [subnet],
      securityGroupIds: [group, 'sg-0fedcba9'],
    });

    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
    template.allResourcesProperties('AWS::Lambda::Function', {
      VpcConfig: { SecurityGroupIds: [group, 'sg-0fedcba9'] },
    });
  });

  it('is read from the command line, a single id as well as a list', () => {
    expect(
      fromContext({ 'vpc-id': vpcId, vpcSubnets: `${subnet}, subnet-0fedcba9`, securityGroupIds: group }),
    ).toMatchObject({ vpcId, vpcSubnets: [subnet, 'subnet-0fedcba9'], securityGroupIds: [group] });
  });

  it.each<[object, string]>([
    [
      { vpcSubnets: subnet },
      'Expected `vpcId` together with `vpcSubnets` and `securityGroupIds`, which belong to it, got none',
    ],
    [{ securityGroupIds: group }, 'Expected `vpcId` together with `vpcSubnets`'],
    [{ vpcId, securityGroupIds: group }, 'Expected `vpcSubnets` together with `vpcId`: the private subnets'],
    [{ vpcId: subnet, vpcSubnets: subnet }, `Expected \`vpcId\` to be the id of a VPC: vpc-…, got "${subnet}"`],
    [{ vpcId, vpcSubnets: group }, `to be the id of a subnet: subnet-…, got "${group}"`],
    [{ vpcId, vpcSubnets: '' }, 'to be the id of a subnet'],
    [
      { vpcId, vpcSubnets: subnet, securityGroupIds: 'default' },
      'to be the id of a security group: sg-…, got "default"',
    ],
    [{ vpcId, vpcSubnets: subnet, securityGroups: group }, '`securityGroupIds`'],
    [
      { vpcId, vpcSubnets: subnet, securityGroupIds: Array.from({ length: 6 }, () => group).join() },
      '`securityGroupIds`',
    ],
  ])('is rejected: %j', (context, message) => {
    expect(() => fromContext(context)).toThrow(message);
  });
});
