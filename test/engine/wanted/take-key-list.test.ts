import { takeKeyList } from '../../../lambdas/engine/wanted/take-key-list';
import { S3RunStore } from '../../../lambdas/host/run-store/s3-run-store';
import { parseDeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import { parseSyncInput } from '../../../statemachine/input/parse-sync-input';

const runStore = new S3RunStore('reports');
const mirrors = [
  { source: 'staging', destination: 'production', prefix: 'site' },
  { source: 'internal', destination: 'archive' },
].map((mirror) => parseDeployedMirror(mirror));

async function* openKeyList() {
  yield Buffer.from('"a"');
}

function take(keys: string, executionId: string): Promise<string[] | undefined> {
  const input = { ...parseSyncInput({ source: 'staging', destination: 'production', prefix: 'site' }), keys };
  return takeKeyList({ input, executionId }, { mirrors, openKeyList, runStore });
}

const inAws = 'arn:aws:states:us-east-1:111122223333:execution:BucketSync:a';

it.each([
  's3://staging/site/private.txt',
  's3://staging/elsewhere.txt',
  's3://production/site/config.json',
  's3://production/.bucketsync/lock.json',
  's3://internal/salaries.txt',
  's3://archive/a',
  's3://reports/runs/a-run/summary.json',
  's3://reports/locks/a.json',
  's3://reports/keys',
  's3://reports/keys-of-others/a',
])('in AWS, shows nobody what the functions may read for other reasons: %s is no list', async (keys) => {
  await expect(take(keys, inAws)).rejects.toMatchObject({ name: 'InvalidInputError', field: 'keys' });
});

it.each(['s3://reports/keys/a.jsonl', 's3://lists/a.jsonl', 's3://staging-lists/a.jsonl'])(
  'in AWS, reads a list that somebody has put there as a list: %s',
  async (keys) => {
    expect(await take(keys, inAws)).toEqual(['a']);
  },
);

it('on this machine, reads any list with the credentials of the user', async () => {
  expect(await take('s3://staging/site/list.jsonl', 'local:host:1')).toEqual(['a']);
});
