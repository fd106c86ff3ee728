import { App } from 'aws-cdk-lib';
import { ContextError, readSyncContext } from '../../lib/sync-context';

function readContext(context: Record<string, unknown>) {
  return readSyncContext(new App({ context }).node);
}

it('takes the names of two buckets', () => {
  expect(readContext({ source: 'staging', destination: 'production' })).toEqual({
    source: 'staging',
    destination: 'production',
  });
});

it.each([
  [{}, 'Expected context `source` to be the name of a bucket, got nothing'],
  [{ source: 'staging' }, 'Expected context `destination` to be the name of a bucket, got nothing'],
  [{ source: 3, destination: 'production' }, 'Expected context `source` to be the name of a bucket, got `3` (number)'],
  [
    { source: 'staging', destination: 'Production' },
    'Expected context `destination` to be the name of a bucket (3 to 63 of a-z, 0-9, "-" and "."), got `"Production"` (string)',
  ],
])('refuses the context %j', (context, message) => {
  expect(() => readContext(context)).toThrow(ContextError);
  expect(() => readContext(context)).toThrow(message);
});

it('says how to give a context value', () => {
  expect(() => readContext({})).toThrow('Give it with -c source=BUCKET, or under "context" in cdk.json.');
});
