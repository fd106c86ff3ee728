import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type S3Server, startS3 } from '../../local/s3';
import { temporaryFolder } from '../support/temporary-folder';
import { runCliHere } from './in-process';

describe('bad input', () => {
  let s3: S3Server;
  beforeAll(async () => {
    s3 = await startS3();
    s3.createBucket('my-source').put('a key', 'its content');
    s3.createBucket('my-destination').put('an orphan', 'its content');
  });
  afterAll(() => s3.close());

  const [from, to] = ['s3://my-source', 's3://my-destination'];
  it.each<[what: string, args: string[], message: string]>([
    ['no source', ['run'], 'Expected a source and a destination: s3://bucket/folder s3://bucket/folder'],
    ['no destination', ['run', from], 'Expected a destination after s3://my-source'],
    ['a third URL', ['run', from, to, to], 'too many arguments'],
    ['an unknown command', ['rnu', from, to], 'Did you mean run?'],
    ['an unknown option', ['run', from, to, '--max-delete', '5'], 'Did you mean --max-deletes?'],
    [
      'a URL that is not s3://',
      ['run', 'my-source', to],
      'Expected s3://bucket or s3://bucket/folder, got "my-source"',
    ],
    ['an invalid bucket name', ['run', from, 's3://my+bucket'], 'Expected `destination` to be the name of a bucket'],
    ['a folder of itself', ['run', `${from}/a`, `${from}/a/b`], 's3://my-source/a/ and s3://my-source/a/b/ overlap'],
    ['the bucket itself', ['plan', from, from], 'overlap'],
    ['a choice that is none', ['run', from, to, '--compare', 'date'], 'Allowed choices are auto, size, etag'],
    [
      'no number',
      ['run', from, to, '--max-concurrency', 'many'],
      'Expected --max-concurrency to be a number, got "many"',
    ],
    [
      'a number out of range',
      ['run', from, to, '--max-concurrency', '0'],
      'Expected --max-concurrency to be 1 or more, got 0',
    ],
    ['no count', ['run', from, to, '--max-deletes', '101%'], 'Expected --max-deletes to be a count of 0 or more'],
    [
      'a size without a known unit',
      ['run', from, to, '--min-size', '5XB'],
      'Expected --min-size to be a number of bytes',
    ],
    [
      'a moment that is none',
      ['run', from, to, '--newer-than', '7'],
      'Expected --newer-than to be a duration like "7d"',
    ],
    [
      'a class that is none',
      ['run', from, to, '--storage-classes', 'STANDARD,COLD'],
      'Expected --storage-classes to be one of "STANDARD"',
    ],
    [
      'a window of nothing',
      ['run', from, to, '--newer-than', '7d', '--older-than', '30d'],
      'Expected --older-than to be later than `newerThan`',
    ],
    [
      'no distribution',
      ['run', from, to, '--invalidate', 'd111.cloudfront.net'],
      'Expected --invalidate to be the id of a CloudFront distribution',
    ],
    [
      'too few paths',
      ['run', from, to, '--invalidate', 'EDFDVBD6EXAMPLE', '--invalidate-max-paths', '0'],
      'Expected --invalidate-max-paths to be 1 or more, got 0',
    ],
    [
      'a path that CloudFront refuses',
      ['run', from, to, '--invalidate', 'EDFDVBD6EXAMPLE', '--invalidate-paths', '/ok', '--invalidate-paths', '/a~b'],
      'Expected --invalidate-paths to be a path as CloudFront wants it',
    ],
    [
      'a limit without a distribution',
      ['run', from, to, '--invalidate-max-paths', '1'],
      'Expected --invalidate to be a string, got nothing',
    ],
    ['an empty glob', ['run', from, to, '--exclude', 'x', '--exclude', ''], 'Expected --exclude to be a glob'],
    [
      'a prefix twice',
      ['run', `${from}/a`, to, '--prefix', 'b'],
      'the folder in the URLs or in --prefix, got it in both',
    ],
    ['no endpoint', ['run', from, to, '--endpoint-url', 'localhost'], 'Expected --endpoint-url to be a URL'],
    ...['retry', 'watch', 'stop'].map((command): [string, string[], string] => [
      `an ARN that is no execution's, to ${command}`,
      [command, 'arn:aws:states:us-east-1:111111111111:stateMachine:mirror'],
      'Expected the ARN of an execution, got "arn:aws:states:us-east-1:111111111111:stateMachine:mirror"',
    ]),
    [
      'no endpoint of a stack',
      ['runs', '--endpoint-url', 'localhost'],
      'Expected --endpoint-url to be a URL like http://localhost:9000, got "localhost"',
    ],
    [
      'an endpoint with a password',
      ['runs', '--endpoint-url', 'http://me:secret@localhost:9000'],
      'Expected --endpoint-url to be a URL without user, password',
    ],
    [
      'a report folder of another machine',
      ['run', from, to, '--report-location', 'file://server/share'],
      'Expected --report-location to be a folder or s3://bucket, got "file://server/share"',
    ],
    [
      'an empty report folder',
      ['run', from, to, '--report-location', ''],
      'Expected --report-location to be a folder or s3://bucket, got ""',
    ],
    [
      'no report bucket',
      ['run', from, to, '--report-location', 's3://b/c'],
      'Expected --report-location to be a folder or',
    ],
    ['no input file', ['run', '--input', '/not/there.json'], 'Could not read the input file /not/there.json'],
  ])('is rejected before any request: %s', async (_what, args, message) => {
    s3.requests.reset();

    const { exitCode, stdout, stderr } = await runCliHere(s3, args);

    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at '); // no stack trace
    expect({ exitCode, stdout, requests: s3.requests.total }).toEqual({ exitCode: 2, stdout: '', requests: 0 });
  });

  it.each<[what: string, content: string, message: string]>([
    ['no JSON', '{', 'to contain JSON'],
    ['a field twice', '{"maxDeletes":1,"maxDeletes":9}', 'the field "maxDeletes" occurs twice'],
    ['a list', '[]', 'to contain a JSON object'],
    ['an unknown field', '{ "maxDelete": 5 }', 'input.json: Unknown field `maxDelete`: did you mean `maxDeletes`?'],
    [
      'an unknown part of a field',
      '{ "invalidate": { "distribution": "EDFDVBD6EXAMPLE", "maxPath": 5 } }',
      'Unknown field `invalidate.maxPath`: did you mean `invalidate.maxPaths`?',
    ],
    ...['toString', 'constructor', '__proto__'].map((field): [string, string, string] => [
      `a field that every object of JavaScript has, ${field}`,
      `{ "${field}": {} }`,
      `input.json: Unknown field \`${field}\``,
    ]),
    ['a number that is none', '{ "maxCost": 1e999 }', 'Expected `maxCost` to be a number, got Infinity (number)'],
    ['a byte order mark, and an unknown field', '\ufeff{ "maxDelete": 5 }', 'Unknown field `maxDelete`'],
    ['a wrong type', '{ "dryRun": "yes" }', 'input.json: Expected `dryRun` to be a boolean, got "yes" (string)'],
  ])('in a file is rejected before any request: %s', async (_what, content, message) => {
    s3.requests.reset();
    const file = join(temporaryFolder(), 'input.json');
    writeFileSync(file, content);

    const { exitCode, stdout, stderr } = await runCliHere(s3, ['run', from, to, '--input', file]);

    expect(stderr).toContain(message);
    expect({ exitCode, stdout, requests: s3.requests.total }).toEqual({ exitCode: 2, stdout: '', requests: 0 });
  });

  it.each([
    ['by the input', ['run', from, from, '--json'], 'overlap'],
    ['by an option', ['plan', from, to, '--max-delete', '5', '--json'], "unknown option '--max-delete'"],
    ['by the profile', ['plan', from, to, '--json', '--profile', 'no-such'], '"no-such"'],
    ['by what is missing', ['report', 'no-such-run', '--json'], 'no-such-run'],
  ])('is reported as a document in JSON mode, with the same error: %s', async (_what, args, message) => {
    const { exitCode, stdout, stderr } = await runCliHere(s3, args);

    const error = { name: 'InvalidInputError', message: expect.stringContaining(message), keys: [] };
    expect(JSON.parse(stdout)).toEqual({ status: 'failed', error });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  it('is what a command line without arguments is: it shows the help', async () => {
    const { exitCode, stderr } = await runCliHere(undefined, []);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('Usage: bucketsync');
  });
});
