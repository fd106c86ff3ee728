import { styleText } from 'node:util';
import type { Check } from '../../local/demo/equality';
import { type BucketFacts, type DemoFacts, PRODUCTION, STAGING } from '../../local/demo/seed';
import { formatBytes, formatCount } from '../../wording/numbers';
import { formatS3Url } from '../../wording/s3-url';
import { renderTable } from './table';

/** The objects before the first run, and what the run has to do with them. */
export function demoIntroduction({ staging, production, differences, orphans }: DemoFacts, endpoint: string): string {
  const work = [
    [differences.missing, 'objects are missing in production'],
    [differences.changed, 'have changed'],
    [differences['changed-same-size'], 'have changed and kept their size'],
    [differences['changed-headers'], 'have the same content with another Cache-Control header'],
    [orphans, 'were deleted in staging, so production should lose them too'],
    [differences.unchanged, 'are the same, and should be left alone'],
  ] as const;
  return [
    `${styleText('bold', 'bucketsync')} makes one S3 bucket equal to another one.`,
    '',
    `No account is needed: an S3 server runs in memory, at ${endpoint}.`,
    'It holds the web site of a coffee roaster twice, as it should be and as it was:',
    '',
    renderTable(process.stdout, ['bucket', 'objects', 'size'], [row(STAGING, staging), row(PRODUCTION, production)]),
    '',
    ...work.map(([count, what]) => `  ${formatCount(count).padStart(6)}  ${what}`),
    '',
    'The state machine for AWS Step Functions now runs here, Lambda handlers and all.',
  ].join('\n');
}

function row(bucket: string, { objects, sizeBytes }: BucketFacts): string[] {
  return [formatS3Url(bucket), formatCount(objects), formatBytes(sizeBytes)];
}

/** One line for each comparison, with the first keys that differ. */
export function describeCheck({ what, compared, sampled, different }: Check): string {
  const [objects, remark] = [formatCount(compared), sampled ? ' (a sample)' : ''];
  if (different.length === 0) {
    return `  ${styleText('green', '✔')} ${objects.padStart(6)} objects are equal in ${what}${remark}`;
  }
  const keys = different.slice(0, 10).map((key) => `\n      ${JSON.stringify(key)}`);
  const share = `${formatCount(different.length)} of ${objects} objects`;
  return `  ${styleText('red', '✖')} ${share} differ in ${what}${remark}:${keys.join('')}`;
}

export function demoNextSteps(held: boolean): string {
  if (!held)
    return `${styleText('red', '✖')} ${styleText('bold', 'The demo did not hold.')} Please report what you see above.`;
  const command = (line: string) => `  ${styleText('cyan', line)}`;
  return [
    `${styleText('green', '✔')} ${styleText('bold', 'Production is equal to staging, and a second run had nothing to do.')}`,
    '',
    'With buckets of your own, and the credentials that every AWS tool uses:',
    '',
    command('bucketsync plan s3://my-staging s3://my-production'),
    '    shows what would be copied and deleted, and writes nothing',
    command('bucketsync run s3://my-staging s3://my-production'),
    '    does it; --help shows every option',
  ].join('\n');
}
