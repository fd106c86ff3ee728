import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder';
import { runCommand } from './command-line';
import { TEMPLATES } from './templates';

interface Accepted {
  readonly check: string;
  /** Logical ids. */
  readonly where: RegExp;
  readonly because: string;
}

/** Every finding that stays, and why. */
const ACCEPTED: readonly Accepted[] = [
  {
    check: 'CKV_AWS_18',
    where: /^AWS::S3::Bucket/,
    because: 'where access logs go is for an account to decide: give a `reportBucket` that has them',
  },
  {
    check: 'CKV_AWS_21',
    where: /^AWS::S3::Bucket\.(Staging|Production|Reports)/,
    because: 'the buckets of the demo go with its stack, so they keep nothing',
  },
  {
    check: 'CKV_AWS_26',
    where: /(Alarms|Notifications)Topic/,
    because:
      'EventBridge and CloudWatch cannot publish with the key of SNS; a topic with a key of its own can be given',
  },
  {
    check: 'CKV_AWS_27',
    where: /DeadLetters/,
    because: 'encrypted with keys of SQS, which this check does not know; a queue with a key of its own can be given',
  },
  {
    check: 'CKV_AWS_111',
    where: /Functions\w+RoleDefaultPolicy/,
    because: 'the actions with which Lambda joins a VPC know no smaller resource',
  },
  {
    check: 'CKV_AWS_115',
    where: /^AWS::Lambda::Function/,
    because: '`maxConcurrency` of the execution limits it; a reservation would be taken from the account all day',
  },
  {
    check: 'CKV_AWS_116',
    where: /^AWS::Lambda::Function/,
    because: 'the state machine waits for each answer and retries: nothing is invoked asynchronously',
  },
  {
    check: 'CKV_AWS_117',
    where: /^AWS::Lambda::Function/,
    because: 'they talk to public services, over TLS; who wants them in a VPC gives `vpc`',
  },
  {
    check: 'CKV_AWS_158',
    where: /^AWS::Logs::LogGroup/,
    because: 'encrypted with keys of CloudWatch Logs; a key of your own comes with `logKey`',
  },
  {
    check: 'CKV_AWS_173',
    where: /^AWS::Lambda::Function/,
    because: 'encrypted with a key of Lambda, and no secret is in it; a key of your own comes with `environmentKey`',
  },
];

interface Finding {
  readonly check_id: string;
  readonly check_name: string;
  readonly file_path: string;
  readonly resource: string;
}

describe('what checkov finds in the templates', () => {
  let findings: readonly Finding[] = [];

  beforeAll(async () => {
    const folder = join(temporaryFolder(), 'templates');
    mkdirSync(folder);
    for (const [what, create] of TEMPLATES) {
      writeFileSync(join(folder, `${what.replaceAll(' ', '-')}.json`), JSON.stringify(create()));
    }
    const args = ['-d', folder, '--framework', 'cloudformation', '--compact', '--quiet', '--soft-fail', '-o', 'json'];
    const { stdout } = await runCommand('.venv-checkov/bin/checkov', [...args, '--skip-download'], process.env);
    const { summary, results } = JSON.parse(stdout);
    expect(summary).toMatchObject({ parsing_errors: 0 });
    expect(summary.passed).toBeGreaterThan(1000);
    findings = results.failed_checks;
  });

  it('has a reason', () => {
    const open = findings.filter(
      ({ check_id, resource }) => !ACCEPTED.some(({ check, where }) => check === check_id && where.test(resource)),
    );

    expect(
      open.map(({ check_id, check_name, file_path, resource }) => [check_id, check_name, file_path, resource]),
    ).toEqual([]);
  });

  it.each(ACCEPTED)('still has to be accepted: $check, because $because', ({ check, where }) => {
    expect(findings.some(({ check_id, resource }) => check === check_id && where.test(resource))).toBe(true);
  });

  it('is nothing about keys where all keys are given', () => {
    const locked = findings.filter(({ file_path }) => file_path.includes('key-for-everything'));

    expect(locked.map(({ check_id }) => check_id)).toEqual(expect.arrayContaining(['CKV_AWS_115']));
    expect(locked.filter(({ check_id }) => ['CKV_AWS_158', 'CKV_AWS_173', 'CKV_AWS_117'].includes(check_id))).toEqual(
      [],
    );
  });
});
