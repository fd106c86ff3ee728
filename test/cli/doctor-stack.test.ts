import { useMirror } from '../support/mirror';
import { STATE_MACHINE_ARN } from '../support/step-functions';
import { Deployed } from './deployed';

const deployed = new Deployed(useMirror());

interface Line {
  readonly check: string;
  readonly state: string;
  readonly says: string;
}

async function examine(...args: string[]) {
  const { exitCode, stdout, stderr } = await deployed.cli('doctor', ...args, '--json');
  return { exitCode, stderr, ...(JSON.parse(stdout || '{}') as { stateMachineArn?: string; findings?: Line[] }) };
}

it('says of all that a server does not tell that it was not checked, and that nothing failed', async () => {
  const { exitCode, stderr, stateMachineArn, findings = [] } = await examine();

  expect({ exitCode, stderr, stateMachineArn }).toEqual({
    exitCode: 0,
    stderr: '',
    stateMachineArn: STATE_MACHINE_ARN,
  });
  const states = Object.fromEntries(findings.map(({ check, state }) => [check, state]));
  expect(states).toMatchObject({
    'stack.state-machine': 'unchecked',
    'stack.version': 'unchecked',
    'stack.functions': 'unchecked',
    'stack.concurrency': 'unchecked',
    'stack.mirrors': 'unchecked',
  });
  expect(findings.filter(({ state }) => state === 'failure')).toEqual([]);
  expect(findings.find(({ check }) => check === 'stack.state-machine')?.says).toMatch(/this server does not tell/);
});

it('sends Step Functions and CloudFormation only requests that read', async () => {
  await examine('BucketSync');

  expect(deployed.service.requests).toEqual(expect.arrayContaining(['ListStackResources', 'DescribeStateMachine']));
  expect(deployed.service.requests.filter((name) => name !== '' && !/^(Get|List|Describe)/.test(name))).toEqual([]);
});

it('says that there is no such stack, and ends as for bad usage', async () => {
  const { exitCode, stderr } = await examine('Missing');

  expect(exitCode).toBe(2);
  expect(stderr).toContain('There is no stack Missing in');
});
