import type { Host } from '../../../lambdas/engine/ports/host';
import { AnswerDeadline } from '../../../lambdas/engine/run/answer-deadline';
import { InterruptedError } from '../../../statemachine/errors';
import { createPair, findLock, nameOf, requestsOf, stopAt, useMirrorToStop } from '../../support/stop-at';

const mirror = useMirrorToStop();
const endpoint = 'http://s3.example:9000';
const stopped = new InterruptedError();

describe('a server that answers some requests, and never others', () => {
  const elsewhere = { trustsListings: false, endpoint };

  it('ends the run by an error that names it, and leaves no lock: whichever request it does not answer', async () => {
    const requests = await requestsOf(mirror, 'ValidateInput', {}, elsewhere);
    expect(requests.length).toBeGreaterThan(10);
    for (const meant of requests) {
      const pair = createPair(mirror);
      const isMeant = (one: Parameters<typeof nameOf>[0]) => nameOf(one) === meant;
      const patience = { outageMs: 0, runMs: 0, answerMs: 150 };

      const { summary } = await stopAt(
        mirror,
        pair,
        { isMeant, fault: 'stall', onMet() {} },
        {},
        { host: { ...elsewhere, patience } },
      );

      expect({ meant, ...summary.error }).toMatchObject({ meant, name: 'EndpointError' });
      expect(summary.error?.message).toContain(`${endpoint} did not answer within`);
      expect({ meant, lock: await findLock(pair) }).toEqual({ meant, lock: undefined });
      expect(pair.destination.get('a')).toBeUndefined();
    }
    mirror.iam.denials.splice(0); // what is deployed works with AWS
  });
});

describe('the time that a run waits before it begins', () => {
  const aborter = new AbortController();
  const hostOf = (more: Partial<Host> = {}) =>
    ({
      signal: aborter.signal,
      remainingMs: () => 900_000,
      patience: { outageMs: 0, runMs: 0 },
      endpoint,
      ...more,
    }) as Host;

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is about a minute for each step of a server that is not AWS, however many there are', () => {
    const deadline = new AnswerDeadline(hostOf());

    deadline.begin('looked for both buckets');
    jest.advanceTimersByTime(35_000);
    deadline.begin('listed the first objects');
    jest.advanceTimersByTime(50_000);
    expect(deadline.signal.aborted).toBe(false);
    jest.advanceTimersByTime(5_001);

    expect(deadline.signal.aborted).toBe(true);
    expect(deadline.explain(stopped)).toMatchObject({
      name: 'EndpointError',
      message: expect.stringContaining(
        `${endpoint} did not answer within 55 s, while the run listed the first objects`,
      ),
    });
  });

  it('is what its function has, less some seconds for its end, on AWS', () => {
    const deadline = new AnswerDeadline(hostOf({ endpoint: undefined, remainingMs: () => 110_000 }));

    deadline.begin('listed the first objects');
    jest.advanceTimersByTime(102_000);
    expect(deadline.signal.aborted).toBe(false);
    jest.advanceTimersByTime(1_001);

    expect((deadline.explain(stopped) as Error).message).toMatch(/^S3 did not answer within 103 s/);
  });

  it('names both servers of two', () => {
    const side = (name: string) => ({ endpoint: `http://${name}`, isAws: false });
    const worlds = {
      isApart: () => true,
      describe: () => ({ streams: true, source: side('a'), destination: side('b') }),
    };
    const deadline = new AnswerDeadline(hostOf({ worlds }));
    deadline.about({ source: 's', destination: 'd' });

    deadline.begin('listed the first objects');
    jest.advanceTimersByTime(55_001);

    expect((deadline.explain(stopped) as Error).message).toMatch(
      /^http:\/\/a or http:\/\/b did not answer within 55 s/,
    );
  });

  it('says how often the server failed meanwhile, what it said last, and what to do', () => {
    const last = { name: 'SlowDown', words: 'SlowDown: Please. (HTTP 503)', advice: 'Send fewer' };
    const failedAttempts = { count: 7, last };
    const deadline = new AnswerDeadline(hostOf({ failedAttempts }));
    deadline.begin('listed the first objects');
    failedAttempts.count = 50;
    jest.advanceTimersByTime(55_001);

    expect(deadline.explain(stopped)).toMatchObject({
      name: 'SlowDown',
      message:
        `The run listed the first objects for 55 s without success: 43 requests to ${endpoint} failed, the last one by ` +
        'SlowDown: Please. (HTTP 503). Nothing was copied or deleted. Send fewer',
    });
  });

  it('says nothing of failures before', () => {
    const failedAttempts = { count: 7, last: { name: 'SlowDown', words: 'SlowDown', advice: '' } };
    const deadline = new AnswerDeadline(hostOf({ failedAttempts }));
    deadline.begin('listed the first objects');
    jest.advanceTimersByTime(55_001);

    expect((deadline.explain(stopped) as Error).message).toContain('did not answer within 55 s');
  });

  it('names no server for what failed in time, or after somebody stopped the run', () => {
    const controller = new AbortController();
    const deadline = new AnswerDeadline(hostOf({ signal: controller.signal }));
    const refused = new Error('refused');
    deadline.begin('listed the first objects');
    expect(deadline.explain(refused)).toBe(refused);

    controller.abort();
    jest.advanceTimersByTime(100_000);

    expect(deadline.explain(stopped)).toBe(stopped);
  });
});
