import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { ContextError, readSyncContext } from '../../lib/sync-context';
import { temporaryFolder } from '../support/temporary-folder';

const good = { source: 'staging', destination: 'production' };

function readContext(context: Record<string, unknown>) {
  return readSyncContext(new App({ context: { '@aws-cdk/core:x': true, 'cli-telemetry': false, ...context } }).node);
}

it('requires the names of two buckets, and has a default for everything else', () => {
  expect(readContext(good)).toEqual({
    demo: false,
    shareReports: false,
    mirrors: [
      { name: 'BucketSync', input: good, scheduleTimezone: 'UTC', scheduleEnabled: true, tracing: true, acls: false },
    ],
  });
});

it('converts the text of the command line to the type of a setting', () => {
  const context = readContext({
    ...good,
    maxDeletes: '100',
    verify: 'true',
    exclude: 'drafts/**,*.tmp',
    schedule: 'cron(0 2 * * ? *)',
    scheduleTimezone: 'Europe/Berlin',
    scheduleWindowMinutes: '15',
    scheduleEnabled: 'false',
    notifyOn: 'FAILED',
    email: 'editors@example.com',
  });

  expect(context).toMatchObject({
    mirrors: [
      {
        input: { ...good, maxDeletes: 100, verify: true, exclude: ['drafts/**', '*.tmp'] },
        schedule: 'cron(0 2 * * ? *)',
        scheduleTimezone: 'Europe/Berlin',
        scheduleWindowMinutes: 15,
        scheduleEnabled: false,
        notifyOn: ['FAILED'],
        email: 'editors@example.com',
      },
    ],
  });
});

it('reads sizes, moments and lists of classes from the command line', () => {
  const given = {
    minSize: '5MiB',
    maxSize: '7G',
    newerThan: '7d',
    storageClasses: 'STANDARD,GLACIER_IR',
    archived: 'skip',
  };

  expect(readContext({ ...good, ...given })).toMatchObject({
    mirrors: [{ input: { ...good, ...given, storageClasses: ['STANDARD', 'GLACIER_IR'] } }],
  });
});

it.each([
  ['EDFDVBD6EXAMPLE', { distribution: 'EDFDVBD6EXAMPLE' }],
  ['{"distribution":"EDFDVBD6EXAMPLE","maxPaths":5}', { distribution: 'EDFDVBD6EXAMPLE', maxPaths: 5 }],
])('reads a distribution from the command line: %s', (invalidate, read) => {
  expect(readContext({ ...good, invalidate })).toMatchObject({ mirrors: [{ input: { invalidate: read } }] });
});

it.each([
  ['*.{jpg,png}', ['*.{jpg,png}']],
  ['drafts/**,{a,b{c,d}}/*,x', ['drafts/**', '{a,b{c,d}}/*', 'x']],
  ['\\{a,b\\}', ['\\{a', 'b\\}']],
  ['}a,b', ['}a', 'b']],
  ['["a,b"]', ['a,b']],
  ['["\\"a\\""," b "]', ['"a"', ' b ']],
  ['drafts/**, private/** ,x y', ['drafts/**', 'private/**', 'x y']],
])('splits the list of globs %s, but not inside braces', (exclude, globs) => {
  expect(readContext({ ...good, exclude })).toMatchObject({ mirrors: [{ input: { exclude: globs } }] });
});

it.each([
  [{}, 'Expected `source` and `destination`, got no setting'],
  [{ source: 'staging' }, 'Expected `destination` to be a string, got nothing'],
  [{ ...good, sorce: 'staging' }, 'Unknown field `sorce`: did you mean `source`?'],
  [{ ...good, scedule: 'rate(1 day)' }, 'Unknown field `scedule`: did you mean `schedule`?'],
  [{ ...good, conf: 'x.json' }, 'did you mean `config`?'],
  [{ ...good, source: 3 }, 'Expected `source` to be a string, got 3 (number)'],
  [{ ...good, destination: 'product/ion' }, 'Expected `destination` to be the name of a bucket'],
  [{ ...good, schedule: 'daily' }, 'Expected `schedule` to be cron(minutes hours'],
  [{ ...good, schedule: 'cron(0 2 * * *)' }, 'Expected `schedule` to be six fields in cron(minutes hours'],
  [{ ...good, scheduleTimezone: 'Berlin' }, 'Expected `scheduleTimezone` to be a time zone, such as Europe/Berlin'],
  [
    { ...good, reportKey: 'arn:aws:kms:eu-central-1:111111111111:key/a' },
    'Expected `reportBucket` together with `reportKey`, got none',
  ],
  [{ ...good, reportBucket: 'reports', reportKey: 'alias/a' }, 'Expected `reportKey` to be the ARN of a KMS key'],
  [{ ...good, scheduleWindowMinutes: 'long' }, 'Expected `scheduleWindowMinutes` to be a number, got "long" (string)'],
  [{ ...good, scheduleWindowMinutes: '0' }, 'Expected `scheduleWindowMinutes` to be 1 or more, got 0 (number)'],
  [{ ...good, scheduleEnabled: 'maybe' }, 'Expected `scheduleEnabled` to be a boolean, got "maybe" (string)'],
  [{ ...good, email: 'nobody' }, 'Expected `email` to be an e-mail address, got "nobody" (string)'],
  [{ ...good, maxDeletes: '200%' }, 'Expected `maxDeletes` to be a count of 0 or more'],
  [{ ...good, invalidate: 'example.com' }, 'Expected `invalidate.distribution` to be the id of a CloudFront'],
  [{ ...good, minSize: '5XB' }, 'Expected `minSize` to be a number of bytes, or text like'],
  [{ ...good, newerThan: 'P' }, 'Expected `newerThan` to be a duration like'],
  [{ ...good, storageClasses: 'COLD' }, 'Expected `storageClasses[0]` to be one of "STANDARD"'],
  [{ ...good, logDays: '8' }, 'Expected `logDays` to be one of 1, 3, 5, 7'],
  [{ ...good, sourceKey: 'alias/mine' }, 'Expected `sourceKey` to be'],
  [{ ...good, name: '1st' }, 'Expected `name` to be the name of a stack'],
  [{ ...good, region: '' }, 'Expected `region` to be a region, such as eu-central-1, got "" (string)'],
  [{ ...good, region: 'Frankfurt' }, 'Expected `region` to be a region, such as eu-central-1, got "Frankfurt"'],
  [{ ...good, notifyOn: 'FAILED,LOST' }, 'Expected `notifyOn'],
  [{ ...good, demo: 'true' }, 'Expected no setting beside `demo`, got `source`'],
  [{ demo: true, name: 'a b' }, 'Expected `name` to be the name of a stack, got "a b" (string)'],
  [{ demo: 'yes' }, 'Expected `demo` to be true or false, got "yes" (string)'],
  [{ ...good, config: 'mirrors.json' }, 'Expected no setting beside `config`, got `source`'],
])('rejects the context %j', (context, message) => {
  expect(() => readContext(context)).toThrow(ContextError);
  expect(() => readContext(context)).toThrow(message);
});

it('says how to give settings', () => {
  expect(() => readContext({})).toThrow(
    /Set values with -c KEY=VALUE or under "context" in cdk\.json[\s\S]*npx cdk destroy --app cdk\.out$/,
  );
});

it('gives the stack of the demo the name that was set', () => {
  expect(readContext({ demo: true, name: 'MyDemo' })).toEqual({ demo: true, name: 'MyDemo' });
});

it.each([true, 'true'])('creates a demo if demo is %j', (demo) => {
  expect(readContext({ demo })).toEqual({ demo: true });
});

describe('a config file', () => {
  const folder = temporaryFolder();
  const config = join(folder, 'mirrors.json');

  function readConfig(content: unknown) {
    writeFileSync(config, typeof content === 'string' ? content : JSON.stringify(content));
    return readContext({ config });
  }

  it('names several mirrors', () => {
    const context = readConfig({
      mirrors: [
        { ...good, name: 'Site', verify: true },
        { ...good, name: 'Backup' },
      ],
    });

    expect(context).toMatchObject({
      mirrors: [
        { name: 'Site', input: { ...good, verify: true } },
        { name: 'Backup', input: good },
      ],
    });
  });

  it.each([
    ['{', 'Could not read `config`'],
    ['{"mirrors":[{"exclude":["a"],"exclude":["b"]}]}', 'the field "exclude" occurs twice in one object'],
    [[], 'Expected a JSON object, got [] (array)'],
    [{}, 'Expected `mirrors` to be a list of one mirror or more, got nothing'],
    [{ mirrors: [] }, 'Expected `mirrors` to be a list of one mirror or more, got [] (array)'],
    [{ mirors: [good] }, 'Unknown field `mirors`: did you mean `mirrors`?'],
    [{ mirrors: [good, { source: 'staging' }] }, 'mirrors[1]: Expected `destination` to be a string, got nothing'],
    [{ mirrors: [{ ...good, toString: 1 }] }, 'mirrors[0]: Unknown field `toString`'],
    [{ mirrors: [{ ...good, verfy: true }] }, 'mirrors[0]: Unknown field `verfy`: did you mean `verify`?'],
    [{ mirrors: [{ ...good, verify: 'true' }] }, 'mirrors[0]: Expected `verify` to be a boolean, got "true" (string)'],
    [{ mirrors: ['staging'] }, 'mirrors[0]: Expected a mirror to be a JSON object, got "staging" (string)'],
    [{ mirrors: [good, good] }, 'Expected each `name` once, got "BucketSync" twice'],
  ])('is rejected with %j', (content, message) => {
    expect(() => readConfig(content)).toThrow(ContextError);
    expect(() => readConfig(content)).toThrow(message);
  });

  it('has to exist', () => {
    expect(() => readContext({ config: join(folder, 'none.json') })).toThrow('Could not read `config`');
  });
});

it.each([["'drafts/**'"], ['["drafts/**"'], ['"drafts/**"'], ["a,'b'"], ["['a']"]])(
  'rejects the list %s: its quotes would be a part of a glob, which then protects nothing',
  (exclude) => {
    expect(() => readContext({ ...good, exclude })).toThrow('Expected `exclude` to be a list like a,b or a JSON list');
  },
);
