import { parseDeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import { settleInput } from '../../../statemachine/input/deployed-settings';
import { NARROWING } from '../../../statemachine/input/narrowing';
import { syncInputSchema } from '../../../statemachine/input/sync-input';

const places = { source: 'staging', destination: 'production' };

function settle(request: unknown, ...deployed: object[]) {
  return settleInput(
    request,
    deployed.map((mirror) => parseDeployedMirror({ ...places, ...mirror })),
  );
}

const key = (name: string) => `arn:aws:kms:eu-central-1:111111111111:key/${name}`;

/** For each field what is deployed, what an execution may ask for besides, and what it may not. */
const TRUTH: Readonly<Record<string, { deployed: object; narrower: readonly unknown[]; wider: readonly unknown[] }>> = {
  source: { deployed: {}, narrower: ['staging'], wider: ['elsewhere'] },
  destination: { deployed: {}, narrower: ['production'], wider: ['elsewhere', 'staging'] },
  prefix: { deployed: { prefix: 'a/b' }, narrower: ['a/b', 'a/b/c'], wider: ['', 'a', 'a/bc', 'a/../b', 'b/a/b'] },
  destinationPrefix: {
    deployed: { prefix: 'a', destinationPrefix: 'b' },
    narrower: ['b/', 'b/c'],
    wider: ['', 'a', 'bc'],
  },
  startAfter: { deployed: { startAfter: 'm' }, narrower: ['m', 'n', 'm/'], wider: ['l', ''] },
  include: { deployed: { include: ['a/**'] }, narrower: [['a/**'], ['b/**'], []], wider: [] },
  exclude: { deployed: { exclude: ['a/**'] }, narrower: [['a/**'], ['b/**'], []], wider: [] },
  minSize: { deployed: { minSize: '5MiB' }, narrower: ['5MiB', '6MiB', 5 * 1024 ** 2], wider: ['4MiB', 0, '5MB'] },
  maxSize: { deployed: { maxSize: '5MiB' }, narrower: ['5MiB', '5MB', 0], wider: ['6MiB', '1T'] },
  newerThan: {
    deployed: { newerThan: '7d' },
    narrower: ['7d', '1w', '6d', '1h', '2020-01-01'],
    wider: ['8d', '1y'],
  },
  olderThan: {
    deployed: { olderThan: '2026-01-01' },
    narrower: ['2026-01-01', '2025-12-31T23:59:59Z', '1d'],
    wider: ['2026-01-02', '2026-01-01T00:00:01'],
  },
  storageClasses: {
    deployed: { storageClasses: ['STANDARD', 'GLACIER'] },
    narrower: [['STANDARD', 'GLACIER'], ['GLACIER']],
    wider: [[], ['STANDARD_IA'], ['STANDARD', 'STANDARD_IA']],
  },
  compare: {
    deployed: { compare: 'auto' },
    narrower: ['auto', 'metadata', 'checksum'],
    wider: ['size', 'etag', 'size-and-time', 'always'],
  },
  delete: { deployed: { delete: false }, narrower: [false], wider: [true] },
  deleteAfter: { deployed: { deleteAfter: '7d' }, narrower: ['7d', '1w', 'P8D', '1y'], wider: ['6d', '167h', '1s'] },
  maxDeletes: { deployed: { maxDeletes: 10 }, narrower: [0, 9, 10, '100%'], wider: [11] },
  maxOverwrites: { deployed: { maxOverwrites: '10%' }, narrower: ['0%', '10%', 1000], wider: ['11%'] },
  maxCost: { deployed: { maxCost: 0.5 }, narrower: [0.01, 0.5], wider: [0.51] },
  plan: { deployed: {}, narrower: [true], wider: [false] },
  strict: { deployed: { strict: true }, narrower: [true], wider: [false] },
  proof: { deployed: { proof: 'head' }, narrower: ['head'], wider: ['list'] },
  allowEmptySource: { deployed: {}, narrower: [false], wider: [true] },
  mode: { deployed: {}, narrower: ['mirror'], wider: ['publish'] },
  order: { deployed: { order: ['*.json'] }, narrower: [['*.json']], wider: [[], ['*.json', 'a'], ['a']] },
  invalidate: {
    deployed: { invalidate: { distribution: 'EDFDVBD6EXAMPLE' } },
    narrower: [{ distribution: 'EDFDVBD6EXAMPLE' }, { distribution: 'EDFDVBD6EXAMPLE', maxPaths: 50 }],
    wider: [{ distribution: 'EOTHER' }, { distribution: 'EDFDVBD6EXAMPLE', maxPaths: 51 }],
  },
  dryRun: { deployed: { dryRun: true }, narrower: [true], wider: [false] },
  verify: { deployed: { verify: true }, narrower: [true], wider: [false] },
  tags: { deployed: {}, narrower: ['copy'], wider: ['ignore'] },
  storageClass: { deployed: {}, narrower: ['same'], wider: ['DEEP_ARCHIVE', 'STANDARD'] },
  archived: { deployed: { archived: 'restore' }, narrower: ['restore', 'fail'], wider: ['skip'] },
  restoreTier: { deployed: {}, narrower: ['Bulk'], wider: ['Standard', 'Expedited'] },
  restoreDays: { deployed: { restoreDays: 5 }, narrower: [1, 5], wider: [6] },
  parts: { deployed: {}, narrower: ['same'], wider: ['fewest'] },
  sse: { deployed: { sse: 'aws:kms' }, narrower: ['aws:kms'], wider: ['AES256'] },
  sseKmsKeyId: {
    deployed: { sse: 'aws:kms', sseKmsKeyId: key('a') },
    narrower: [key('a')],
    wider: [key('b')],
  },
  acl: { deployed: {}, narrower: ['auto'], wider: ['none', 'bucket-owner-full-control'] },
  requestPayer: { deployed: {}, narrower: [], wider: ['requester'] },
  conditional: { deployed: { conditional: true }, narrower: [true], wider: [false] },
  lock: { deployed: {}, narrower: ['destination'], wider: ['reports', 'none'] },
  maxConcurrency: { deployed: { maxConcurrency: 10 }, narrower: [1, 10], wider: [11] },
  requestConcurrency: { deployed: {}, narrower: [1, 256], wider: [257] },
  retry: { deployed: {}, narrower: ['a-run'], wider: [] },
  apply: { deployed: {}, narrower: ['a-plan'], wider: [] },
  keys: { deployed: {}, narrower: ['s3://bucket/list.jsonl'], wider: [] },
  undo: { deployed: {}, narrower: ['ab261096'], wider: [] },
  hold: { deployed: {}, narrower: [true, false], wider: [] },
  sourceOwner: { deployed: { sourceOwner: '111111111111' }, narrower: ['111111111111'], wider: ['222222222222'] },
  destinationOwner: {
    deployed: { destinationOwner: '111111111111' },
    narrower: ['111111111111'],
    wider: ['222222222222'],
  },
};

const rows = Object.entries(TRUTH);
const cases = (which: 'narrower' | 'wider') =>
  rows.flatMap(([field, row]) => row[which].map((value) => [field, value, row.deployed] as const));

describe('an execution of a deployed state machine', () => {
  it('has a rule and a row here for every field of the input', () => {
    const fields = Object.keys(syncInputSchema.shape).sort();

    expect(Object.keys(NARROWING).sort()).toEqual(fields);
    expect(Object.keys(TRUTH).sort()).toEqual(fields);
  });

  it('starts what is deployed with an empty input', () => {
    const deployed = { prefix: 'site', exclude: ['drafts/**'], maxDeletes: '5%', compare: 'metadata', verify: true };

    expect(settle({}, deployed)).toEqual({ input: parseDeployedMirror({ ...places, ...deployed }).input });
  });

  it.each(cases('narrower'))('may set `%s` to %j if %j is deployed', (field, value, deployed) => {
    expect(() => settle({ [field]: value }, deployed)).not.toThrow();
  });

  it.each(cases('wider'))('may not set `%s` to %j if %j is deployed', (field, value, deployed) => {
    expect(() => settle({ [field]: value }, deployed)).toThrow(/deployed/);
  });

  it('gets an error with the field, its value, what is deployed, and what it may change', () => {
    expect(() => settle({ storageClass: 'DEEP_ARCHIVE' }, { mayOverride: ['dryRun', 'tags'] })).toThrow(
      'Expected `storageClass` to be equal to what this state machine is deployed with, "same" (string), got "DEEP_ARCHIVE" (string). ' +
        'An execution may narrow the deployed settings. It may change only those fields freely that the deployment lists in ' +
        '`mayOverride`, which are: `dryRun`, `tags`',
    );
  });

  it.each([
    ['allowEmptySource', true],
    ['maxDeletes', '100%'],
    ['maxDeletes', 1000],
    ['exclude', []],
    ['include', ['*.html']],
    ['storageClass', 'GLACIER'],
    ['delete', true],
    ['compare', 'always'],
    ['startAfter', 'a'],
  ])('may set `%s` to %j if the deployment allows it, and only that value holds', (field, value) => {
    const deployed = {
      exclude: ['x'],
      include: ['y'],
      maxDeletes: 1,
      delete: false,
      startAfter: 'b',
      mayOverride: [field],
    };

    const { input, deployed: rules } = settle({ [field]: value }, deployed);

    expect(input).toMatchObject({ [field]: value });
    expect(rules).toBeUndefined();
  });

  it('keeps what is deployed in a field of `mayOverride` that it does not give', () => {
    expect(settle({ dryRun: true }, { exclude: ['x'], mayOverride: ['exclude'] }).input.exclude).toEqual(['x']);
  });

  it.each([
    ['Expected `mayOverride[0]` to be one of "startAfter", "include"', ['everything']],
    ['to be one of', ['source']],
    ['to be one of', ['destinationPrefix']],
    ['to be one of', ['sourceOwner']],
    ['Expected `mayOverride` to be an array, got "exclude"', 'exclude'],
  ])('cannot be given more by the deployment: %s', (message, mayOverride) => {
    expect(() => parseDeployedMirror({ ...places, mayOverride })).toThrow(message);
  });

  it('cannot be deployed to retry the same run for ever', () => {
    expect(() => parseDeployedMirror({ ...places, retry: 'a-run' })).toThrow(
      'Expected `retry` to be set for one execution',
    );
  });

  it.each([
    [null, 'Expected the input to be a JSON object, got null'],
    [[], 'Expected the input to be a JSON object'],
    ['{}', 'Expected the input to be a JSON object'],
    [{ maxDelets: 1 }, 'Unknown field `maxDelets`: did you mean `maxDeletes`?'],
    [{ mayOverride: ['exclude'] }, 'Unknown field `mayOverride`'],
    [{ maxDeletes: null }, 'Expected `maxDeletes` to be a count of 0 or more'],
    [JSON.parse('{ "__proto__": { "exclude": [] } }'), 'Unknown field `__proto__`'],
  ])('is rejected with %j', (request, message) => {
    expect(() => settle(request, {})).toThrow(message);
  });
});

describe('durations and dates', () => {
  const startedAt = '2026-06-15T00:00:00.000Z';
  const settleAt = (request: object, deployed: object) =>
    settleInput(request, [parseDeployedMirror({ ...places, ...deployed })], startedAt).input;

  it('become dates when a run has begun, whoever gives them', () => {
    expect(settleAt({ olderThan: '1d' }, { newerThan: '7d' })).toMatchObject({
      newerThan: '2026-06-08T00:00:00.000Z',
      olderThan: '2026-06-14T00:00:00.000Z',
    });
    expect(settleInput({ ...places, newerThan: 'PT1H' }, undefined, startedAt).input.newerThan).toBe(
      '2026-06-14T23:00:00.000Z',
    );
  });

  it('stay as they are at synthesis', () => {
    expect(settle({ olderThan: '1d' }, { newerThan: '7d' }).input).toMatchObject({ newerThan: '7d', olderThan: '1d' });
  });

  it.each([
    ['newerThan', '7d', '2026-06-10', '2026-06-10T00:00:00.000Z'],
    ['newerThan', '7d', '2020-01-01', '2026-06-08T00:00:00.000Z'],
    ['newerThan', '2026-06-10', '30d', '2026-06-10T00:00:00.000Z'],
    ['olderThan', '7d', '2026-06-10', '2026-06-08T00:00:00.000Z'],
    ['olderThan', '7d', '2020-01-01', '2020-01-01T00:00:00.000Z'],
  ])(
    'both hold if one is a date and the other one a duration: of `%s` %j and %j it is %s',
    (field, one, other, date) => {
      expect(settleAt({ [field]: other }, { [field]: one })).toMatchObject({ [field]: date });
    },
  );

  it('of the execution alone hold if the deployment allows it', () => {
    expect(settleAt({ newerThan: '2020-01-01' }, { newerThan: '7d', mayOverride: ['newerThan'] }).newerThan).toBe(
      '2020-01-01T00:00:00.000Z',
    );
  });

  it('between which nothing lies are rejected, even if only the clock shows it', () => {
    expect(() => settleAt({ newerThan: '2026-06-15' }, { olderThan: '7d' })).toThrow('`olderThan` to be later than');
  });
});

describe('a sub-folder', () => {
  const deployed = { prefix: 'site', destinationPrefix: 'www', exclude: ['drafts/**'], include: ['**/*.html'] };

  it.each([
    { prefix: 'site/en' },
    { destinationPrefix: 'www/en' },
    { prefix: 'site/en/', destinationPrefix: 'www/en/' },
  ])('is the same on both sides for %j', (request) => {
    expect(settle(request, deployed).input).toMatchObject({ prefix: 'site/en/', destinationPrefix: 'www/en/' });
  });

  it.each([
    { prefix: 'site/en', destinationPrefix: 'www' },
    { prefix: 'site', destinationPrefix: 'www/en' },
    { prefix: 'site/no-such-folder', destinationPrefix: 'www/' },
  ])('is rejected if the two do not belong together: %j', (request) => {
    expect(() => settle(request, deployed)).toThrow('Expected `destinationPrefix` to be "www/');
  });

  it('leaves the deployed filters to the keys that they were written for', () => {
    expect(settle({ prefix: 'site/drafts', exclude: ['own'] }, deployed)).toMatchObject({
      input: { include: [], exclude: ['own'] },
      deployed: { folder: 'drafts/', include: ['**/*.html'], exclude: ['drafts/**'] },
    });
  });

  it.each([
    ['a/b', 'a', 'b'],
    ['a/b', 'b', undefined],
    ['a/', 'a', ''],
  ])('goes on behind the deployed startAfter %j: in %s/ behind %j', (startAfter, folder, expected) => {
    expect(settle({ prefix: folder }, { startAfter }).input.startAfter).toBe(expected);
  });

  it('is rejected if all of it lies before the deployed startAfter', () => {
    expect(() => settle({ prefix: 'a' }, { startAfter: 'b' })).toThrow('Expected `prefix` to name a folder after "b"');
  });
});

describe('limits and lists of both', () => {
  it.each([
    ['10%', 5, 5, '10%'],
    [5, '10%', '10%', 5],
    [5, 4, 4, undefined],
    ['10%', '2.5%', '2.5%', undefined],
    [undefined, 3, 3, undefined],
    [5, undefined, 5, undefined],
  ])('hold if %j is deployed and %j is asked for', (deployed, asked, inInput, beside) => {
    const settled = settle(
      asked === undefined ? {} : { maxDeletes: asked },
      deployed === undefined ? {} : { maxDeletes: deployed },
    );

    expect([settled.input.maxDeletes, settled.deployed?.maxDeletes]).toEqual([inInput, beside]);
  });

  it('hold for globs: excludes together, includes one list beside the other', () => {
    expect(settle({ include: ['b'], exclude: ['d', 'c'] }, { include: ['a'], exclude: ['c'] })).toMatchObject({
      input: { include: ['b'], exclude: ['c', 'd'] },
      deployed: { folder: '', include: ['a'], exclude: [] },
    });
  });

  it('have to fit into the state of an execution together', () => {
    const long = Array.from({ length: 38 }, (_, index) => `${index}${'x'.repeat(1000)}`);

    expect(() => settle({ include: long }, {})).not.toThrow();
    expect(() => settle({ include: long }, { include: long.slice(0, 4) })).toThrow('Expected the input to be at most');
  });
});

describe('of several mirrors', () => {
  const mirrors = [
    { source: 'a', prefix: 'x', destination: 'production' },
    { source: 'a', prefix: 'y', destination: 'production' },
    { source: 'b', destination: 'backup' },
  ].map((mirror) => ({ ...mirror, source: `${mirror.source}-bucket` }));

  it.each([
    [{ source: 'b-bucket' }, 'backup'],
    [{ destination: 'backup' }, 'backup'],
    [{ source: 'a-bucket', destination: 'production', prefix: 'x/sub' }, 'production'],
    [{ source: 'a-bucket', destinationPrefix: 'y/sub' }, 'production'],
  ])('%j names one', (request, destination) => {
    expect(settle(request, ...mirrors).input).toMatchObject({ destination });
  });

  it.each([
    [{}, 'to identify one mirror of this state machine, s3://a-bucket/x/ → s3://production/x/ or s3://a-bucket/y/'],
    [{ source: 'a-bucket', destination: 'production' }, 'to identify one mirror of this state machine'],
    [
      { source: 'a-bucket', destination: 'backup' },
      'Expected `destination` to be in a mirror that this state machine is deployed for',
    ],
    [
      { source: 'b-bucket', destination: 'production' },
      'Expected `destination` to be in a mirror that this state machine is deployed for',
    ],
    [{ source: 'backup' }, 'Expected `source` to be in a mirror that this state machine is deployed for'],
  ])('%j does not', (request, message) => {
    expect(() => settle(request, ...mirrors)).toThrow(message);
  });
});
