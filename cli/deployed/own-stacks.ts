import { type CloudFormationClient, paginateDescribeStacks, type Stack } from '@aws-sdk/client-cloudformation';

/** Outputs by which a stack of this project is known, whatever its name. */
const OUTPUTS = ['StateMachineArn', 'ReportBucketName', 'StartCommand'];

/** @returns the names of the stacks in the client's Region that `cdk deploy` made of this project; none if nobody may look */
export async function findOwnStacks(client: CloudFormationClient): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {})) {
      names.push(...Stacks.filter(isOwn).flatMap(({ StackName }) => StackName ?? []));
    }
  } catch (error) {
    if (!/^AccessDenied/.test((error as Error).name)) throw error;
  }
  return names;
}

function isOwn({ Outputs = [], StackStatus }: Stack): boolean {
  const keys = Outputs.map(({ OutputKey }) => OutputKey);
  return !StackStatus?.startsWith('DELETE_') && OUTPUTS.every((key) => keys.includes(key));
}
