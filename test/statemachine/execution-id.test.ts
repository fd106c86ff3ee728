import { isExecutionArn, runIdOf } from '../../statemachine/execution-id';

it.each([
  ['arn:aws:states:eu-west-1:111111111111:execution:Mirror:nightly', true, 'nightly'],
  ['arn:aws-cn:states:cn-north-1:111111111111:execution:Mirror:nightly', true, 'nightly'],
  ['local:arn.example:4711:0a1b-2c', false, '0a1b-2c'],
  ['local:arn:4711:0a1b-2c', false, '0a1b-2c'],
])('%s is an execution in AWS: %s, and its run is %s', (executionId, isInAws, runId) => {
  expect([isExecutionArn(executionId), runIdOf(executionId)]).toEqual([isInAws, runId]);
});
