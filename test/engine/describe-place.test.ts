import { describePlace } from '../../lambdas/engine/describe-place';
import type { Host } from '../../lambdas/engine/host';
import type { Run } from '../../statemachine/contract';
import { formatPlace } from '../../statemachine/format-place';
import { useMirror } from '../support/mirror';

const mirror = useMirror();
const regions = { sourceRegion: 'eu-west-1', destinationRegion: 'us-east-1' };
const place = (executionId: string, host: Partial<Host>) =>
  describePlace({ executionId, ...regions } as Run, host as Host);

it('names the account of the state machine, without a look at the credentials', async () => {
  const findAccount = jest.fn();

  expect(await place('arn:aws:states:eu-west-1:111111111111:execution:a:b', { findAccount })).toEqual({
    account: '111111111111',
    ...regions,
  });
  expect(findAccount).not.toHaveBeenCalled();
});

it('names the account of the credentials here, if they tell it, and the endpoint', async () => {
  const told = { endpoint: 'http://127.0.0.1:9000', findAccount: async () => '222222222222' };

  expect(await place('local:host:1:a', told)).toEqual({
    account: '222222222222',
    endpoint: 'http://127.0.0.1:9000',
    ...regions,
  });
  expect(await place('local:host:1:a', { findAccount: async () => undefined })).toEqual(regions);
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
