import * as events from 'aws-cdk-lib/aws-events';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { ExecutionEnd } from '../statemachine/events/announcements';
import { formatRunbook } from '../wording/runbook';
import { formatS3Url } from '../wording/s3-url';

/** An end of which the last step of the run cannot tell. */
export type OutsideEnd = Exclude<ExecutionEnd, 'SUCCEEDED'>;

/** What messages about an execution name. */
interface Named {
  readonly stateMachine: sfn.IStateMachine;
  readonly reportBucket: s3.IBucket;
  readonly runbookUrl?: string;
  /** Whether runs tell CloudFront what has changed. */
  readonly invalidates?: boolean;
}

interface Words {
  readonly what: string;
  readonly meaning: string;
  readonly section: string;
}

const CUT_OFF =
  'The run was cut off. Its copies and deletes are complete: no object is half written. There is no summary.';

const WORDS: Readonly<Record<OutsideEnd, Words>> = {
  ABORTED: { what: 'somebody stopped the execution', meaning: CUT_OFF, section: 'InterruptedError' },
  TIMED_OUT: { what: 'the execution ran out of time', meaning: CUT_OFF, section: 'Going on after a failure' },
  FAILED: {
    what: 'the last step of the run failed',
    meaning:
      'Copies and deletes are done as far as the run came, but it could not write its summary or release its lock. A redrive of the execution repeats that step.',
    section: 'Going on after a failure',
  },
};

/** Only a run itself knows what it has changed. */
const UNTOLD =
  'CloudFront: it may not know of all changes of this run, and later runs tell only of their own. Invalidate /* yourself.';

/**
 * The message, a line for each thing that a person wants to know. EventBridge encloses each line in quotes, and escapes nothing that it
 * puts into one. So the lines have only values that every event has and that require no escape: the name of an execution has no quotes,
 * brackets, backslashes or line ends. Input, error and cause are not among them, because others choose their text.
 *
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html#eb-transform-input-issues
 */
export function describeOutsideEnd(status: OutsideEnd, props: Named): string {
  const { stateMachine, reportBucket, runbookUrl, invalidates = false } = props;
  const field = (name: string) => events.EventField.fromPath(`$.detail.${name}`);
  const { what, meaning, section } = WORDS[status];
  return [
    `bucketsync ${status} ${field('name')}: ${what}`,
    `What it means: ${meaning}`,
    'What to do: start a run. It does what is left.',
    `  Start a run: bucketsync start --state-machine ${stateMachine.stateMachineArn}`,
    ...(invalidates ? [UNTOLD] : []),
    `Report, as far as it came: ${formatS3Url(reportBucket.bucketName, `runs/${field('name')}/`)}`,
    `Runbook: ${formatRunbook(section, runbookUrl).replaceAll('"', '')}`,
    `Execution: ${field('executionArn')}`,
  ].join('\n');
}
