import { readLastTold } from '../../../cli/deployed/read-last-told';
import type { StateMachine } from '../../../cli/deployed/state-machine';
import { checkDistribution } from '../../../local/doctor/check-distribution';
import type { DistributionFacts } from '../../../local/doctor/distribution-facts';

const ID = 'EDFDVBD6EXAMPLE';
const FACTS: DistributionFacts = {
  ...{ id: ID, bucket: 'b', prefix: '', originPath: '', region: 'eu-west-1', endpoint: undefined, awsOptions: [] },
  settings: {
    value: {
      config: {
        ...{ CallerReference: '1', Comment: 'my site', DefaultCacheBehavior: undefined, Enabled: true },
        Origins: { Quantity: 1, Items: [{ Id: '0', DomainName: 'b.s3.amazonaws.com' }] },
      },
      eTag: 'E1',
    },
  },
};

const lineOf = (facts: DistributionFacts, check: string) =>
  checkDistribution(facts).find((finding) => finding.check === `distribution.${check}`);

it('takes an origin without a path for one with an empty path, and says what people call it', () => {
  expect(checkDistribution(FACTS).map(({ state }) => state)).toEqual(['ok', 'ok', 'ok', 'ok']);
  expect(lineOf(FACTS, 'existence')?.says).toBe('exists (my site)');
});

it.each<[originPath: string, prefix: string, state: string]>([
  ['', 'site/', 'ok'],
  ['/site', '', 'ok'],
  ['/site', 'site/', 'ok'],
  ['/site', 'site/docs/', 'ok'],
  ['/site/docs', 'site/', 'ok'],
  ['/site', 'sites/', 'failure'],
  ['/site', 'docs/', 'failure'],
])('compares the origin path %j with the folder %j: %s', (originPath, prefix, state) => {
  expect(lineOf({ ...FACTS, originPath, prefix }, 'folder')?.state).toBe(state);
});

const ENDED = { invalidation: { distribution: ID, paths: 2, ids: ['I1'] } };
const UNTOLD = {
  invalidation: { distribution: ID, paths: 0, ids: [] },
  warnings: [{ name: 'not-invalidated', message: 'CloudFront was not told (AccessDenied)' }],
};
const IDLE = { invalidation: { distribution: ID, paths: 0, ids: [] } };
const OTHER = { invalidation: { distribution: 'EOTHER', paths: 2, ids: ['I1'] } };

/** A state machine whose executions have ended with these summaries, the newest first. */
function stateMachineOf(...summaries: object[]): StateMachine {
  const outputs = new Map(summaries.map((summary, index) => [`${index}`, JSON.stringify({ runId: 'r', ...summary })]));
  const send = async ({ input }: { input: { executionArn?: string } }) => {
    const { executionArn } = input;
    if (executionArn === undefined) return { executions: [...outputs.keys()].map((arn) => ({ executionArn: arn })) };
    return { status: 'SUCCEEDED', output: outputs.get(executionArn) };
  };
  return { arn: 'arn', clients: { stepFunctions: { send } } } as never;
}

it.each<[what: string, summaries: object[], state: string, says: RegExp]>([
  ['it was told', [IDLE, OTHER, ENDED, UNTOLD], 'ok', /has accepted the newest invalidation/],
  ['it was not told', [UNTOLD, ENDED], 'warning', /^CloudFront was not told \(AccessDenied\)\. Correct that/],
  ['nothing has changed', [IDLE, {}], 'ok', /no run has invalidated anything yet/],
  ['there was no run', [], 'ok', /no run has invalidated anything yet/],
])('reads in former runs how the newest invalidation went: %s', async (_what, summaries, state, says) => {
  const lastTold = await readLastTold(ID, stateMachineOf(...summaries));

  const line = lineOf({ ...FACTS, lastTold }, 'last-invalidation');

  expect(line).toMatchObject({ state, says: expect.stringMatching(says) });
  if (state === 'warning')
    expect(line?.commands?.[0]?.slice(0, 4)).toEqual(['aws', 'cloudfront', 'create-invalidation', '--distribution-id']);
});

it('says which permission is missing to look at former runs', async () => {
  const send = async () => {
    throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
  };
  const lastTold = await readLastTold(ID, { arn: 'arn', clients: { stepFunctions: { send } } } as never);

  expect(lineOf({ ...FACTS, lastTold }, 'last-invalidation')).toMatchObject({
    state: 'unchecked',
    says: expect.stringContaining('states:ListExecutions'),
  });
});
