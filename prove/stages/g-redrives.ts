import { DeleteBucketPolicyCommand, GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { policyOf } from '../assume-role';
import type { Assumption } from '../assumption';
import type { Lab } from '../lab';
import { deploymentOf, describeEnd, run, startRun } from './g-deployment';

const REDRIVES = 'AWS: Restarting state machine executions with redrive';

/** Does something while nobody can write a summary into the report bucket of the stack. */
async function withoutSummaries<T>(lab: Lab, work: () => Promise<T>): Promise<T> {
  const { outputs } = await deploymentOf(lab);
  const Bucket = outputs.ReportBucketName;
  const { Policy = policyOf([]) } = await lab.send(new GetBucketPolicyCommand({ Bucket })).catch(() => ({}) as never);
  const { Statement } = JSON.parse(Policy) as { readonly Statement: readonly object[] };
  const arn = `arn:${outputs.StateMachineArn.split(':')[1]}:s3:::${Bucket}/runs/*/summary.json`;
  const denied = { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: arn };
  await lab.send(new PutBucketPolicyCommand({ Bucket, Policy: policyOf([...Statement, denied]) }));
  try {
    return await work();
  } finally {
    if (Statement.length > 0) await lab.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    else await lab.send(new DeleteBucketPolicyCommand({ Bucket }));
  }
}

/** From `first` on. */
export function redrivesFrom(first: number): Assumption[] {
  return [
    {
      id: `G${first}`,
      says: 'A redrive calls FinishRun again when the summary could not be written, and the run succeeds',
      source: `${REDRIVES}: states that did not exit; bucketsync.asl.json: FinishRun catches nothing`,
      expected: 'FAILED, then SUCCEEDED',
      async observe(lab) {
        const { executions } = await deploymentOf(lab);
        const failed = await withoutSummaries(lab, () => run(lab));
        if (failed.status !== 'FAILED') return describeEnd(failed);
        await executions.redrive(failed.executionArn ?? '');
        const redriven = await executions.ended(failed.executionArn ?? '');
        return `FAILED, then ${describeEnd(redriven)}`;
      },
    },
    {
      id: `G${first + 1}`,
      says: 'What a redrive of a run that was stopped comes to',
      source: `${REDRIVES}; docs/runbook.md`,
      async observe(lab) {
        const { executions } = await deploymentOf(lab);
        const arn = await startRun(lab, {});
        await executions.stop(arn);
        await executions.ended(arn);
        await executions.redrive(arn);
        return describeEnd(await executions.ended(arn));
      },
    },
    {
      id: `G${first + 2}`,
      says: 'What a redrive of a run that ended with an error of its own comes to',
      source: `${REDRIVES}: a Fail state fails again; docs/runbook.md`,
      async observe(lab) {
        const { executions } = await deploymentOf(lab);
        const { executionArn = '' } = await run(lab, { maxDeletes: -1 });
        await executions.redrive(executionArn);
        return describeEnd(await executions.ended(executionArn));
      },
    },
  ];
}
