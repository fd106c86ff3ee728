import { S3Client } from '@aws-sdk/client-s3';
import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { callJson } from '../../prove/aws-call';
import { countMessages, findMessage, judgeMessage } from '../../prove/notifications';
import { FakeServices } from './fake-services';

const ARN = 'arn:aws:states:us-east-1:123456789012:execution:machine:run';
const ended: DescribeExecutionOutput = {
  executionArn: ARN,
  stateMachineArn: 'machine',
  startDate: new Date(0),
  name: 'run',
  status: 'FAILED',
};
const message = `bucketsync FAILED s3://production: another run is at work (AlreadyRunningError)

Report: s3://reports/runs/run/report.html
Execution: ${ARN} (4 s)
`;

describe('a message', () => {
  it.each([
    ['as FinishRun sends it', message],
    ['as EventBridge sends it, each line in quotes', message.replaceAll(/^(.+)$/gm, '"$1"')],
  ])('that says what has happened is as it ended: %s', (_what, text) => {
    expect(judgeMessage(text, ended, 'reports')).toBe('as it ended');
  });

  it.each([
    ['of another kind', '{"bucketsync":"FAILED"}', 'it lacks how it ended, report, execution: '],
    ['of another end', message.replace('FAILED', 'SUCCEEDED'), 'it lacks how it ended: '],
    ['with another report', message.replace('s3://reports', 's3://'), 'it lacks report: '],
    ['of another execution', message.replace(ARN, `${ARN.slice(0, -1)}`), 'it lacks execution: '],
  ])('%s is shown with what is wrong', (_what, text, start) => {
    expect(judgeMessage(text, ended, 'reports')).toBe(`${start}${text}`);
  });
});

describe('the queue of the messages', () => {
  let services: FakeServices;
  const client = new S3Client({ region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  const signing = { client, region: 'us-east-1' };
  beforeEach(async () => {
    services = await FakeServices.start();
  });
  afterEach(() => services.stop());

  it('is read until the message of an execution comes, also if it is of another form', async () => {
    services.queues.set('messages', ['{"execution":"another"}', `"about ${ARN}`]);

    expect(await findMessage(signing, 'messages', ARN)).toBe(`"about ${ARN}`);
  });

  it('is given up if no message comes', async () => {
    expect(await findMessage(signing, 'messages', ARN, 0)).toBeUndefined();
  });

  it('of what could not be delivered is counted', async () => {
    services.queues.set('letters', ['an event']);

    expect(await countMessages(signing, 'letters')).toBe(1);
    expect(await countMessages(signing, 'letters')).toBe(0);
  });

  it('is not taken for empty when the service refuses', async () => {
    await expect(callJson(signing, 'sqs', 'NoSuchOperation', {})).rejects.toThrow(
      'sqs answered NoSuchOperation with 400',
    );
  });
});
