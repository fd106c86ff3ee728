import { styleText } from 'node:util';
import type { Check } from '../local/demo/equality';
import { type BucketFacts, type DemoFacts, PRODUCTION, STAGING } from '../local/demo/seed';
import { formatBytes, formatCount } from './numbers';
import { renderTable } from './table';

/** What is there before the first run. */
export function demoIntroduction({ staging, production, differences, orphans }: DemoFacts, endpoint: string): string {
  const toCopy = [
    [differences.missing, 'that production does not have'],
    [differences.changed, 'that changed'],
    [differences['changed-same-size'], 'that changed but kept their size'],
    [differences['changed-headers'], 'of which only a header changed (Cache-Control)'],
  ] as const;
  const rows = [
    ...toCopy.map(([count, what]) => [formatCount(count), what]),
    [formatCount(orphans), 'that staging has deleted'],
  ];
  return [
    `${styleText('bold', 'bucketsync')} makes one S3 bucket equal to another one.`,
    '',
    `For this demo an S3 server runs in memory, at ${endpoint}. No account is needed.`,
    'It holds the web site of a coffee roaster twice:',
    '',
    renderTable(
      process.stdout,
      ['bucket', 'objects', 'size', ''],
      [row(STAGING, staging, '  the new site'), row(PRODUCTION, production, '  last month’s site')],
    ),
    '',
    'Between them are objects',
    '',
    ...rows.map(([count = '', what]) => `  ${count.padStart(7)}  ${what}`),
    '',
    'The same state machine that runs on AWS Step Functions now runs here, with the same Lambda handlers.',
  ].join('\n');
}

function row(bucket: string, { objects, sizeBytes }: BucketFacts, remark: string): string[] {
  return [`s3://${bucket}`, formatCount(objects), formatBytes(sizeBytes), remark];
}

/** One line for each way of comparing; the first few keys that differ, if any do. */
export function describeCheck({ what, compared, different }: Check): string {
  if (different.length === 0)
    return `  ${styleText('green', '✔')} ${formatCount(compared).padStart(6)}  ${what} are equal`;
  const keys = different.slice(0, 10).map((key) => `\n      ${JSON.stringify(key)}`);
  return `  ${styleText('red', '✖')} ${formatCount(different.length).padStart(6)}  ${what} differ:${keys.join('')}`;
}

export function demoNextSteps(held: boolean): string {
  if (!held)
    return `${styleText('red', '✖')} ${styleText('bold', 'The demo did not hold.')} Please report what you see above.`;
  const command = (line: string) => `  ${styleText('cyan', line)}`;
  return [
    `${styleText('green', '✔')} ${styleText('bold', 'All of it held: production is equal to staging, and a second run had nothing to do.')}`,
    '',
    'With buckets of your own, and the credentials that every AWS tool uses:',
    '',
    command('npm run -s bucketsync -- plan s3://my-staging s3://my-production'),
    '    shows what would be copied and deleted, and writes nothing',
    command('npm run -s bucketsync -- run s3://my-staging s3://my-production'),
    '    does it; --help shows every option',
  ].join('\n');
}
