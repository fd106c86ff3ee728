import { type Environment, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketSync } from '../../lib';
import { ENVIRONMENT } from '../../statemachine/contract';
import { createApp } from './synthesize';

const LIMIT = 4096;
const env = { account: '111111111111', region: 'eu-central-1' };

/** Bytes of what Lambda measures of ValidateInput's environment: the JSON of all variables. */
function measure(mirrors: number, given: Environment | undefined = env): number {
  const stack = new Stack(createApp(), 'Stack', { ...(given && { env: given }) });
  const bucket = (name: string) => s3.Bucket.fromBucketName(stack, name, name);
  const number = (index: number) => String(index).padStart(3, '0');
  new BucketSync(stack, 'Sync', {
    mirrors: Array.from({ length: mirrors }, (_, index) => ({
      source: { bucket: bucket(`my-company-production-source-${number(index)}`) },
      destination: { bucket: bucket(`my-company-production-backup-${number(index)}`) },
      input: { exclude: ['"quoted"', '\\\\*'] },
    })),
    reportBucket: bucket('my-company-reports'),
  });
  const [variables] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'))
    .map(({ Properties }) => Properties.Environment.Variables)
    .filter((all) => ENVIRONMENT.mirrors in all);
  return Buffer.byteLength(JSON.stringify(variables));
}

describe('the environment of a function', () => {
  const one = measure(1);
  const each = measure(2) - one;
  const most = 1 + Math.floor((LIMIT - one) / each);

  it('holds as many mirrors as Lambda has room for', () => {
    expect(most).toBeGreaterThan(5);
    expect(measure(most)).toBeLessThanOrEqual(LIMIT);
  });

  it('is rejected at synthesis with one more, and says how large it would be', () => {
    const bytes = one + most * each;

    expect(bytes).toBeGreaterThan(LIMIT);
    expect(() => measure(most + 1)).toThrow(
      `Expected the settings of all mirrors to fit into the 4096 bytes that a Lambda function has for its environment, got ${bytes}`,
    );
  });

  it('has room for as many if the account is known only when it is deployed', () => {
    expect(() => measure(most, undefined)).not.toThrow();
  });
});
