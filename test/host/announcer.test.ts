import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Announcer, RunEvent, RunMessage } from '../../lambdas/engine/ports/announcer';
import { openAnnouncer } from '../../lambdas/host/announcer/open-announcer';
import { ENVIRONMENT } from '../../statemachine/contract';
import { STARTED } from '../../statemachine/events/run-event';
import { endpointOf, endServer, listenOnLoopback } from '../support/loopback';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:ended';
const BUS = 'arn:aws:events:eu-west-1:111122223333:event-bus/ours';
const event = {
  type: STARTED,
  detail: { id: 'run/started' },
  resources: ['arn'],
  time: '2026-01-01T00:00:00Z',
} as unknown as RunEvent;
const message: RunMessage = { subject: 'bucketsync FAILED', text: 'line\nline', attributes: { runId: 'run' } };

const environment = {
  [ENVIRONMENT.messages]: JSON.stringify({ topic: TOPIC, on: ['FAILED'], runbook: 'https://example.com' }),
  [ENVIRONMENT.events]: JSON.stringify({ bus: BUS, source: 'com.example' }),
};

interface Asked {
  readonly target: string;
  readonly body: string;
  readonly authorization: string;
}

const asked: Asked[] = [];
/** Undefined: the server never answers. */
let answer: ((request: IncomingMessage) => { status: number; body: string }) | undefined;
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const { authorization = '', 'x-amz-target': target = 'SNS' } = request.headers;
      asked.push({ target: String(target), body, authorization });
      if (!answer) return;
      const { status, body: sent } = answer(request);
      response.writeHead(status, { 'content-type': 'text/xml' }).end(sent);
    });
  });
  await listenOnLoopback(server);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpointOf(server),
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
afterAll(() => endServer(server));
beforeEach(() => asked.splice(0));

function open(limitMs?: number): Announcer {
  const announcer = openAnnouncer(environment, limitMs);
  if (!announcer) throw new Error('Expected an announcer, got none');
  return announcer;
}

it('puts an event on the bus, with the deployed source, in the Region of the bus', async () => {
  answer = () => ({ status: 200, body: '{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}' });

  await open().events?.put(event);

  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({
    target: 'AWSEvents.PutEvents',
    authorization: expect.stringContaining('/eu-west-1/'),
  });
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
    Entries: [
      {
        EventBusName: BUS,
        Source: 'com.example',
        DetailType: 'BucketSync Run Started',
        Detail: '{"id":"run/started"}',
        Resources: ['arn'],
        Time: Date.parse(event.time) / 1000,
      },
    ],
  });
});

it('takes an event for lost if the answer is good and says that it failed', async () => {
  answer = () => ({
    status: 200,
    body: '{"FailedEntryCount":1,"Entries":[{"ErrorCode":"NotAuthorizedForSourceException","ErrorMessage":"no"}]}',
  });

  await expect(open().events?.put(event)).rejects.toMatchObject({
    name: 'NotAuthorizedForSourceException',
    message: 'no',
  });
});

it('publishes a message with its subject and attributes, in the Region of the topic', async () => {
  answer = () => ({
    status: 200,
    body: '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
  });

  await open().messages?.publish(message);

  const sent = new URLSearchParams(asked[0]?.body);
  expect(sent.get('TopicArn')).toBe(TOPIC);
  expect(sent.get('Subject')).toBe('bucketsync FAILED');
  expect(sent.get('Message')).toBe('line\nline');
  expect(asked[0]?.body).toContain('runId');
  expect(asked[0]?.authorization).toContain('/eu-west-1/');
});

it.each([
  ['an event', (announcer: Announcer) => announcer.events?.put(event)],
  ['a message', (announcer: Announcer) => announcer.messages?.publish(message)],
])('%s is tried once more if the service fails, and no longer', async (_what, send) => {
  answer = () => ({ status: 500, body: '' });

  await expect(send(open())).rejects.toThrow();
  expect(asked).toHaveLength(2);
});

it.each([
  ['an event', (announcer: Announcer) => announcer.events?.put(event)],
  ['a message', (announcer: Announcer) => announcer.messages?.publish(message)],
])('%s is given up if there is no answer, as in a network without a way out', async (_what, send) => {
  answer = undefined;

  await expect(send(open(50))).rejects.toMatchObject({ name: 'TimeoutError', message: 'no answer in 50 ms' });
});

it('tells nobody if nothing is deployed', () => {
  expect(openAnnouncer({})).toBeUndefined();
});

it.each([
  [ENVIRONMENT.messages, '{'],
  [ENVIRONMENT.messages, '{"topic":"ended","on":[]}'],
  [ENVIRONMENT.events, `{"bus":"${BUS}","source":"aws.s3"}`],
  [ENVIRONMENT.events, '{"bus":"default"}'],
])('names a malformed variable: %s=%s', (name, value) => {
  expect(() => openAnnouncer({ [name]: value })).toThrow(`Expected the environment variable ${name} to be`);
});
