import { S3Client } from '@aws-sdk/client-s3';
import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { callJson } from '../../prove/aws-call';
import { countMessages, findMessage, judgeMessage } from '../../prove/notifications';
import { FakeServices } from './fake-services';

const ARN = 'arn:aws:states:us-east-1:123456789012:execution:machine:run';
const INPUT = JSON.stringify({ exclude: ['"a" \\\\ <detail-status>\n'] });
const ended: DescribeExecutionOutput = {
  executionArn: ARN,
  stateMachineArn: 'machine',
  startDate: new Date(0),
  name: 'run',
  status: 'FAILED',
  input: INPUT,
};
const message = {
  bucketsync: 'FAILED',
  report: 's3://reports/runs/run/',
  execution: ARN,
  detail: { input: INPUT, status: 'FAILED' },
};

describe('a message', () => {
  it('that says what has happened is as it ended', () => {
    expect(judgeMessage(JSON.stringify(message), ended, 'reports')).toBe('as it ended');
  });

  it.each([
    ['that was made from a template with quotes', `"Input: ${INPUT}"`, 'it is no JSON: '],
    ['without its input', JSON.stringify({ ...message, detail: {} }), 'it lacks detail.input: '],
    ['of another end', JSON.stringify({ ...message, bucketsync: 'SUCCEEDED' }), 'it lacks bucketsync: '],
    ['with another report', JSON.stringify({ ...message, report: 's3:///runs/run/' }), 'it lacks report: '],
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

  it('is read until the message of an execution comes, also if it is no JSON', async () => {
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
