import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type S3Server, startS3 } from '../../../local/s3';
import type { Fixture } from '../../../prove/fixtures';
import { type Canonical, replay } from './replay';

const fixtures = globSync(join(__dirname, 'fixtures/*.json')).map((file): [string, Fixture] => [
  basename(file),
  JSON.parse(readFileSync(file, 'utf8')),
]);

function differenceOf(recorded: Canonical, answered: Canonical): object | undefined {
  try {
    expect(answered).toEqual(recorded);
    return undefined;
  } catch {
    return { recorded, answered };
  }
}

describe('the embedded S3 answers as recorded', () => {
  it.each(fixtures)('in %s', async (_name, fixture) => {
    await using s3: S3Server = await startS3({ region: fixture.region });
    const differences: object[] = [];
    let held = 0;
    for await (const { exchange, recorded, answered } of replay(s3.endpoint, fixture)) {
      const difference = differenceOf(recorded, answered);
      if (difference) differences.push({ assumption: exchange.assumption, ...exchange.request, ...difference });
      held++;
    }

    expect(differences).toEqual([]);
    expect(held).toBe(fixture.exchanges.length);
  });

  it.each(fixtures)('as %s says where it comes from, and holds nothing secret', (name, fixture) => {
    const text = readFileSync(join(__dirname, 'fixtures', name), 'utf8');

    expect(fixture.recordedFrom).toMatch(/^(AWS, [a-z0-9-]+|the embedded S3 of this repository, not AWS)$/);
    expect(text).not.toMatch(/AWS4-HMAC-SHA256|authorization|x-amz-security-token|x-amz-request-id|x-amz-id-2/i);
    expect(text).not.toMatch(/bucketsync-prove-(?!00000000)/);
  });

  it('a single answer that differs is noticed', async () => {
    const [, fixture] = fixtures[0] ?? [];
    if (!fixture) throw new Error('Expected a fixture');
    await using s3 = await startS3({ region: fixture.region });
    s3.onRequest = ({ operation }) =>
      operation === 'CreateBucket' ? { status: 409, code: 'OperationAborted' } : undefined;
    const differences: unknown[] = [];
    for await (const { recorded, answered } of replay(s3.endpoint, fixture))
      differences.push(differenceOf(recorded, answered));

    expect(differences.filter((difference) => difference !== undefined)).not.toEqual([]);
  });
});
