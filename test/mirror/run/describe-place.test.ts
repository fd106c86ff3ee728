import type { Host } from '../../../lambdas/engine/ports/host';
import { describePlace, lookForAccount } from '../../../lambdas/engine/run/describe-place';
import type { Run } from '../../../statemachine/contract';
import { formatPlace } from '../../../wording/format-place';
import { useMirror } from '../../support/mirror';

const mirror = useMirror();
const regions = { sourceRegion: 'eu-west-1', destinationRegion: 'us-east-1' };
const run = (executionId: string) => ({ executionId, ...regions }) as Run;

it('takes the account from the state machine, and does not use the credentials', () => {
  const findAccount = jest.fn();

  const account = lookForAccount(run('arn:aws:states:eu-west-1:111111111111:execution:a:b'), { findAccount } as never);

  expect(account()).toBe('111111111111');
  expect(findAccount).not.toHaveBeenCalled();
});

it('knows the account of the credentials once it is found, and waits for nothing', async () => {
  const told = Promise.withResolvers<string>();
  const account = lookForAccount(run('local:host:1:a'), { findAccount: () => told.promise } as never);

  expect(account()).toBeUndefined();
  told.resolve('222222222222');
  await told.promise;
  expect(account()).toBe('222222222222');
});

it('knows no account if none is found', async () => {
  const failing = lookForAccount(run('local:host:1:a'), {
    findAccount: () => Promise.reject(new Error('no')),
  } as never);
  const nobody = lookForAccount(run('local:host:1:a'), {} as Host);
  await Promise.resolve();

  expect([failing(), nobody()]).toEqual([undefined, undefined]);
});

it('shows the account, if it is known, and the endpoint, if there is one', () => {
  const endpoint = 'http://127.0.0.1:9000';

  expect(describePlace(run('a'), '1', { endpoint } as Host)).toEqual({ account: '1', endpoint, ...regions });
  expect(describePlace(run('a'), undefined, {} as Host)).toEqual(regions);
});

it.each([
  [{ ...regions }, 'AWS, eu-west-1 to us-east-1'],
  [{ ...regions, account: '1', destinationRegion: 'eu-west-1' }, 'AWS, account 1, eu-west-1'],
  [{ ...regions, endpoint: 'http://s3' }, 'http://s3, eu-west-1 to us-east-1'],
])('is shown in a few words: %j', (where, text) => {
  expect(formatPlace(where)).toBe(text);
});

it('is in the summary of a run, with the regions of both buckets', async () => {
  const { input } = mirror.createPair({ source: { region: 'eu-west-1' }, destination: { region: 'ap-south-1' } });

  expect((await mirror.run({ ...input, dryRun: true })).where).toEqual({
    endpoint: mirror.s3.endpoint,
    sourceRegion: 'eu-west-1',
    destinationRegion: 'ap-south-1',
  });
});

it('is in the summary with the account that was found while the run began', async () => {
  const { input } = mirror.createPair();
  const findAccount = async () => '333333333333';

  expect((await mirror.run({ ...input, dryRun: true }, { host: { findAccount } })).where?.account).toBe('333333333333');
});
