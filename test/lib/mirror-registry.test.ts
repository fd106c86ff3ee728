import { App, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { BucketSync, type SyncMirror } from '../../lib';
import { registerMirrors, registerSchedule } from '../../lib/mirror-registry';
import { parseScheduleExpression } from '../../lib/schedule-expression';
import { withoutTokens } from '../../lib/unresolved-text';
import { parseDeployedMirror } from '../../statemachine/input/deployed-mirrors';

/** `staging/site → production/www`, with the names of schedules that are on. */
function mirror(text: string, ...schedules: string[]) {
  const [, source, from = '', destination, to = ''] = /^([\w-]+)\/?(\S*) → ([\w-]+)\/?(\S*)$/.exec(text) ?? [];
  const { input } = parseDeployedMirror({ source, prefix: from, destination, destinationPrefix: to });
  return {
    name: `Mirror of ${text}`,
    input,
    schedules: schedules.map((expression) => {
      const schedule = parseScheduleExpression(expression);
      if (typeof schedule === 'string') throw new Error(schedule);
      return { name: expression, schedule, timezone: 'UTC', windowMinutes: 0 };
    }),
  };
}

type Mirror = ReturnType<typeof mirror>;

/** Each in a stack of its own, unless they are given as one list. */
function register(...constructs: (Mirror | Mirror[])[]): void {
  const app = new App();
  constructs.forEach((mirrors, index) => {
    const given = [mirrors].flat();
    const registered = registerMirrors(app, given, `reports-${index}`);
    registered.forEach((mirror, at) => {
      for (const schedule of given[at]?.schedules ?? []) registerSchedule(app, mirror, schedule);
    });
  });
}

it.each([
  ['aaa → bbb', 'bbb → ccc', 'ccc → ddd'],
  ['aaa/x → bbb/x', 'bbb/y → aaa/y'],
  ['aaa → bbb/x', 'aaa → bbb/xy'],
  ['aaa → bbb', 'aaa → ccc'],
  ['aaa → bbb', 'aaa/site → bbb/site'],
  ['aaa/site → bbb/site', 'aaa → bbb'],
  ['aaa → bbb', 'aaa → bbb'],
])('accepts %s and %s', (...mirrors) => {
  expect(() => register(...mirrors.map((text) => mirror(text)))).not.toThrow();
});

it.each([
  ['aaa → ccc', 'bbb → ccc'],
  ['aaa → ccc', 'bbb → ccc/site'],
  ['aaa → ccc/site', 'bbb → ccc'],
  ['aaa → ccc/site/en', 'bbb → ccc/site'],
  ['aaa/x → ccc', 'aaa/y → ccc'],
  ['aaa → ccc', 'aaa → ccc/site'],
])('rejects %s and %s if they write to one folder, and names both', (one, other) => {
  const registering = () => register(mirror(one), mirror(other));

  expect(registering).toThrow('Expected no two mirrors with different sources to write to one folder');
  expect(registering).toThrow(`\`Mirror of ${one}\``);
  expect(registering).toThrow(`\`Mirror of ${other}\``);
});

it('rejects overlapping destinations of one state machine, even of one source', () => {
  expect(() => register([mirror('aaa → bbb'), mirror('aaa/site → bbb/site')])).toThrow(
    'Expected each mirror of a state machine to have its own destination folder',
  );
});

it.each([
  [['aaa → bbb', 'bbb → aaa']],
  [['aaa → bbb', 'bbb → ccc', 'ccc → aaa']],
  [['ccc → aaa', 'aaa → bbb', 'xxx → yyy', 'bbb → ccc']],
  [['aaa/x → bbb/in', 'bbb/in/a → ccc', 'ccc/sub → aaa/x/y']],
  [['aaa/x → aaa/y', 'aaa/y → aaa/z', 'aaa/z → aaa/x']],
])('rejects the cycle %j, and names each mirror of it', (mirrors) => {
  const registering = () => register(...mirrors.map((text) => mirror(text)));

  expect(registering).toThrow('got a cycle');
  for (const text of mirrors.filter((name) => !name.startsWith('xxx'))) {
    expect(registering).toThrow(`\`Mirror of ${text}\``);
  }
});

it.each([
  ['reports-0 → bbb', 's3://reports-0/runs/'],
  ['aaa → reports-1', 's3://reports-1/runs/'],
  ['aaa → reports-0/locks', 's3://reports-0/locks/'],
  ['aaa/runs → reports-1/runs/old', 's3://reports-1/runs/'],
])('rejects %s if reports lie there, whatever construct they belong to', (text, place) => {
  expect(() => register(mirror(text), mirror('yyy → zzz'))).toThrow(`in ${place}, and s3://reports-`);
});

it('accepts a folder beside the reports', () => {
  expect(() => register(mirror('aaa → reports-0/data'))).not.toThrow();
});

it.each<[Mirror, Mirror]>([
  [mirror('aaa/site → bbb/site', 'rate(1 hour)'), mirror('aaa → bbb', 'cron(0 2 * * ? *)')],
  [mirror('aaa → bbb', 'cron(0 2 * * ? *)'), mirror('aaa → bbb', 'cron(0 2 1 * ? *)')],
])('rejects schedules of two stacks that would fight: %#', (one, other) => {
  const registering = () => register(one, other);

  expect(registering).toThrow('Expected schedules that write to the same folder to start at different times');
  for (const { name, schedules } of [one, other])
    expect(registering).toThrow(`\`${schedules[0]?.name}\` of \`${name}\``);
});

it('rejects schedules of one mirror that would fight', () => {
  expect(() => register(mirror('aaa → bbb', 'cron(0 2 * * ? *)', 'cron(0 * * * ? *)'))).toThrow('may both start at');
});

it.each([
  [mirror('aaa → bbb', 'cron(0 2 * * ? *)', 'cron(30 2 * * ? *)')],
  [mirror('aaa → bbb', 'rate(1 hour)'), mirror('aaa → ccc', 'rate(1 hour)')],
])('accepts schedules at other times, or into other folders: %#', (...mirrors) => {
  expect(() => register(...mirrors)).not.toThrow();
});

describe('the construct', () => {
  const rate = ScheduleExpression.expression('rate(1 hour)');

  function create(mirrorsOf: (stack: Stack) => SyncMirror[], reportBucketOf?: (stack: Stack) => s3.IBucket): void {
    const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');
    new BucketSync(stack, 'Sync', { mirrors: mirrorsOf(stack), reportBucket: reportBucketOf?.(stack) });
  }
  const named = (stack: Stack, name: string) =>
    (stack.node.tryFindChild(name) as s3.IBucket) ?? s3.Bucket.fromBucketName(stack, name, name);

  it('requires a mirror', () => {
    expect(() => create(() => [])).toThrow('Expected `mirrors` to be a list of one mirror or more, got an empty list');
  });

  it('requires two buckets, or two folders, even if CloudFormation names the bucket', () => {
    expect(() =>
      create((stack) => [{ source: { bucket: named(stack, 'aaa') }, destination: { bucket: named(stack, 'aaa') } }]),
    ).toThrow('Mirror `Stack/Sync`: Expected `destination` to be another bucket, or another folder of it');
    const both = (stack: Stack, prefix: string) => {
      const bucket = new s3.Bucket(stack, 'Bucket');
      return [{ source: { bucket, prefix: 'a' }, destination: { bucket, prefix } }];
    };
    expect(() => create((stack) => both(stack, 'a/b'))).toThrow('Expected `destination` to be another bucket');
    expect(() => create((stack) => both(stack, 'b'))).not.toThrow();
  });

  it('recognises a bucket of the app that is imported by its name', () => {
    const made = (stack: Stack, name: string) => new s3.Bucket(stack, `${name} made`, { bucketName: name });
    expect(() =>
      create((stack) => [{ source: { bucket: made(stack, 'aaa') }, destination: { bucket: named(stack, 'aaa') } }]),
    ).toThrow('Expected `destination` to be another bucket');
    expect(() =>
      create(
        (stack) => [{ source: { bucket: named(stack, 'aaa') }, destination: { bucket: named(stack, 'bbb') } }],
        (stack) => made(stack, 'aaa'),
      ),
    ).toThrow('Expected reports and locks to be outside of mirrored folders');
  });

  it('recognises the bucket of another mirror and of the reports by its token', () => {
    expect(() =>
      create((stack) => {
        const destination = { bucket: new s3.Bucket(stack, 'Bucket') };
        return [
          { source: { bucket: named(stack, 'aaa') }, destination },
          { source: { bucket: named(stack, 'bbb') }, destination },
        ];
      }),
    ).toThrow('to have its own destination folder');
    expect(() =>
      create(
        (stack) => [
          { source: { bucket: named(stack, 'aaa') }, destination: { bucket: new s3.Bucket(stack, 'Bucket') } },
        ],
        (stack) => stack.node.findChild('Bucket') as s3.Bucket,
      ),
    ).toThrow('Expected reports and locks to be outside of mirrored folders');
  });

  it.each([
    [{ enabled: false }, undefined],
    [{ input: { dryRun: true } }, undefined],
    [{}, 'would run'],
    [{ input: { verify: true } }, 'would run'],
  ])('counts schedules that are on and write: of %j', (second, message) => {
    const creating = () =>
      create((stack) => [
        {
          source: { bucket: named(stack, 'aaa') },
          destination: { bucket: named(stack, 'bbb') },
          schedules: [
            { name: 'one', schedule: rate },
            { name: 'two', schedule: rate, ...second },
          ],
        },
      ]);

    if (message) expect(creating).toThrow(message);
    else expect(creating).not.toThrow();
  });

  it('says where a setting of a mirror is wrong', () => {
    const wrong = { maxDeletes: '200%', retry: 'a-run' };

    expect(() =>
      create((stack) => [
        { source: { bucket: named(stack, 'aaa') }, destination: { bucket: named(stack, 'bbb') }, input: wrong },
      ]),
    ).toThrow('Mirror `Stack/Sync`: Expected `maxDeletes`');
  });

  it('says if the settings do not fit into the environment of a function', () => {
    const exclude = Array.from({ length: 80 }, (_, index) => `folder-${index}/${'x'.repeat(40)}/**`);

    expect(() =>
      create((stack) => [
        {
          source: { bucket: named(stack, 'aaa') },
          destination: { bucket: new s3.Bucket(stack, 'Bucket') },
          input: { exclude },
        },
      ]),
    ).toThrow('Expected the settings of all mirrors to fit into the 4096 bytes that a Lambda function has');
  });
});

it('gives each token one stand-in of its own, wherever the token is used', () => {
  const stack = new Stack();
  const [a, b] = ['A', 'B'].map((id) => new s3.Bucket(stack, id).bucketName);

  expect(withoutTokens({ x: a, y: [a] })).toEqual({ x: withoutTokens(a), y: [withoutTokens(a)] });
  expect(withoutTokens(a)).not.toBe(withoutTokens(b));
  expect(withoutTokens({ prefix: `${a}/`, name: 'plain', count: 3 })).toMatchObject({ name: 'plain', count: 3 });
});
