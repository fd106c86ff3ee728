import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Announcer, RunEvent, RunMessage } from '../../../lambdas/engine/ports/announcer';
import type { WriteLog } from '../../../lambdas/engine/ports/log';
import schema from '../../../schemas/run-event.json';
import { EXECUTION_ENDS, type ExecutionEnd } from '../../../statemachine/events/announcements';
import { parseDeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import type { SyncRequest } from '../../../statemachine/input/sync-input';
import { past } from '../../support/any-mirror';
import { matchesPattern } from '../../support/event-pattern';
import { holdersOf, newHolder, putHolders } from '../../support/lock-object';
import { useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();
const validate = z.fromJSONSchema(schema as unknown as Parameters<typeof z.fromJSONSchema>[0]);

const STATE_MACHINE = 'arn:aws:states:eu-west-1:111122223333:stateMachine:Mirror';

/** As rules get it. */
interface Delivered {
  readonly 'detail-type': string;
  readonly source: string;
  readonly detail: RunEvent['detail'] & { readonly error?: object; readonly totals?: object };
  readonly resources: readonly string[];
}

interface Told {
  readonly events: Delivered[];
  readonly messages: RunMessage[];
  /** What the log says was not sent. */
  readonly warnings: string[];
}

/** Somebody who gets everything. @param broken  what cannot be sent */
function listener(on: readonly ExecutionEnd[] = EXECUTION_ENDS, broken: readonly string[] = []) {
  const told: Told = { events: [], messages: [], warnings: [] };
  const send = (what: string) => {
    if (broken.includes(what)) throw Object.assign(new Error('not\nallowed'), { name: 'AuthorizationError' });
  };
  const announcer: Announcer = {
    messages: {
      on,
      runbook: 'https://example.com/runbook',
      publish: async (message) => {
        send('message');
        told.messages.push(message);
      },
    },
    events: {
      put: async ({ type, ...event }) => {
        send('event');
        // what travels is JSON
        told.events.push(JSON.parse(JSON.stringify({ 'detail-type': type, source: 'bucketsync', ...event })));
      },
    },
  };
  return { told, announcer };
}

function createPair() {
  const pair = mirror.createPair();
  for (let index = 0; index < 10; index++) pair.source.put(`site/${index}`, 'content', { lastModified: past });
  pair.destination.put('site/orphan', 'x');
  return pair;
}

let runs = 0;

async function execute(
  deployed: SyncRequest,
  asked: object = {},
  {
    told,
    announcer,
    ...more
  }: Partial<ReturnType<typeof listener>> & Omit<NonNullable<Parameters<typeof mirror.run>[1]>, 'host'> = {},
) {
  const heard = told && announcer ? { told, announcer } : listener();
  const executionId = `${STATE_MACHINE.replace('stateMachine', 'execution')}:run-${runs++}`;
  const log: WriteLog = (level, _message, { what }: { readonly what?: unknown } = {}) => {
    if (level === 'warn') heard.told.warnings.push(String(what));
  };
  const host = { announcer: heard.announcer, mirrors: [parseDeployedMirror(deployed)], log, wait: async () => {} };
  const summary = await mirror.run(asked as SyncRequest, { executionId, ...more, host });
  return { summary, executionId, ...heard.told };
}

/** Patterns of rules, as docs/events.md shows them. */
const patterns = [
  ...readFileSync(join(__dirname, '../../../docs/events.md'), 'utf8').matchAll(/```json\n(.*?)```/gs),
].map(([, json = '']) => JSON.parse(json) as { readonly detail?: object });

const [failures = { detail: {} }, changes = {}] = patterns;

/** The documented pattern, about the buckets of a test. */
function failuresOf(bucket: string): object {
  return { ...failures, detail: { ...failures.detail, destination: { bucket: [bucket] } } };
}

describe('an event', () => {
  it('is sent when a run begins, and when it has ended', async () => {
    const { input } = createPair();

    const { events, summary, executionId } = await execute(input);

    expect(events.map((event) => event['detail-type'])).toEqual(['BucketSync Run Started', 'BucketSync Run Succeeded']);
    expect(events[1]?.detail).toEqual({
      schemaVersion: '1',
      id: `${summary.runId}/ended`,
      mirror: `s3://${input.destination}`,
      runId: summary.runId,
      executionArn: executionId,
      mode: 'mirror',
      dryRun: false,
      source: { bucket: input.source, prefix: '' },
      destination: { bucket: input.destination, prefix: '' },
      startedAt: summary.startedAt,
      endedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      elapsedMs: summary.elapsedMs,
      wrote: true,
      totals: { listed: 11, copied: 10, copiedBytes: 70, deleted: 1, unchanged: 0, skipped: 0, failed: 0 },
      estimatedCostUsd: summary.estimatedCostUsd.total,
    });
    expect(events[1]?.resources).toEqual([STATE_MACHINE, executionId, `arn:aws:s3:::${input.destination}`]);
    expect(events[0]?.detail).toMatchObject({ id: `${summary.runId}/started`, dryRun: false });
  });

  it('of a start is sent while the run holds its lock, and before it writes', async () => {
    const { destination, input } = createPair();
    const { announcer, told } = listener();
    const seen: object[] = [];
    const put = announcer.events?.put;
    const watching: Announcer = {
      ...announcer,
      events: {
        put: async (event) => {
          seen.push({
            type: event.type,
            holders: holdersOf(destination).length,
            copied: destination.get('site/0') !== undefined,
          });
          await put?.(event);
        },
      },
    };

    await execute(input, {}, { told, announcer: watching });

    expect(seen).toEqual([
      { type: 'BucketSync Run Started', holders: 1, copied: false },
      { type: 'BucketSync Run Succeeded', holders: 0, copied: true },
    ]);
  });

  it('says of a dry run that it is one', async () => {
    const { events } = await execute(createPair().input, { dryRun: true });

    expect(events.map(({ detail }) => detail)).toEqual([
      expect.objectContaining({ dryRun: true }),
      expect.objectContaining({ dryRun: true, wrote: false }),
    ]);
  });

  it.each<[what: string, asked: object, mirror: boolean]>([
    ['an input that is wrong in one field', { compare: 'guess' }, true],
    ['an input that is none', { source: 5 }, true],
  ])('of a run that was refused names its mirror: %s', async (_what, asked) => {
    const { input } = createPair();

    const { events } = await execute(input, asked);

    expect(events).toEqual([
      expect.objectContaining({
        'detail-type': 'BucketSync Run Failed',
        detail: expect.objectContaining({
          mirror: `s3://${input.destination}`,
          wrote: false,
          error: { name: 'InvalidInputError', message: expect.stringContaining('Expected') },
        }),
      }),
    ]);
  });

  it('of a run that found another one at work has no start', async () => {
    const { destination, input } = createPair();
    putHolders(destination, [newHolder()]);

    const { events } = await execute(input);

    expect(events.map((event) => [event['detail-type'], event.detail.error])).toEqual([
      ['BucketSync Run Failed', expect.objectContaining({ name: 'AlreadyRunningError' })],
    ]);
  });

  it('of a run that was held is no failure, and has no start', async () => {
    const { destination, input } = createPair();
    const hold = { id: randomUUID(), folder: '', since: '2026-03-01T10:00:00.000Z' };
    destination.put('.bucketsync/lock.json', JSON.stringify({ holders: [], holds: [hold] }));

    const { events, messages, summary } = await execute(input, {}, listener(['SUCCEEDED']));

    expect(summary.status).toBe('held');
    expect(events.map((event) => [event['detail-type'], event.detail.error])).toEqual([
      ['BucketSync Run Held', expect.objectContaining({ name: 'HeldError' })],
    ]);
    expect(validate.safeParse(events[0]).success).toBe(true);
    expect(messages[0]?.subject).toBe(
      `bucketsync HELD s3://${input.destination}: somebody holds the destination, nothing was written (HeldError)`,
    );
  });

  it('is the same one if FinishRun is repeated', async () => {
    const { input } = createPair();
    const heard = listener();

    await execute(
      input,
      {},
      {
        ...heard,
        around: async (task, _given, invoke) => {
          if (task === 'FinishRun') await invoke();
          return invoke();
        },
      },
    );

    const [, first, second] = heard.told.events;
    expect(second?.detail.id).toBe(first?.detail.id);
    expect(heard.told.messages.map(({ attributes }) => attributes.id)).toEqual([first?.detail.id, first?.detail.id]);
  });

  it('stays small, whatever the message of the error', async () => {
    const { input } = createPair();
    const { events, messages } = await execute(
      input,
      {},
      {
        around: (task, _given, invoke) => {
          if (task !== 'CopyRange') return invoke();
          throw Object.assign(new Error(`${'😀\u0000\n"\\'.repeat(100_000)}`), { name: 'ListingError' });
        },
      },
    );

    expect(Buffer.byteLength(JSON.stringify(events.at(-1)))).toBeLessThan(16_384);
    expect(events.at(-1)?.detail.error).toEqual({
      name: 'ListingError',
      message: expect.stringMatching(/^😀\\u0000\n"\\😀.*…$/s),
    });
    // no half of a character
    expect(JSON.stringify(events.at(-1))).not.toMatch(/\\ud[89a-f]/);
    expect(Buffer.byteLength(messages[0]?.text ?? '')).toBeLessThan(16_384);
  });
});

describe('the events of runs', () => {
  const told: Told[] = [];
  let buckets: readonly string[] = [];

  beforeAll(async () => {
    const good = createPair();
    const bad = createPair();
    bad.source.put('site/archived', 'x', { lastModified: past, storageClass: 'GLACIER' });
    const same = mirror.createPair();
    same.source.put('a', 'x', { lastModified: past });
    same.destination.put('a', 'x');
    const refused = createPair();
    for (const { input } of [good, bad, same, refused])
      told.push(await execute(input, input === refused.input ? { compare: 'guess' } : {}));
    told.push(await execute(good.input, { dryRun: true }));
    buckets = [good, bad, same, refused].map(({ input }) => input.destination);
  });

  it('fit the JSON Schema of the package', () => {
    const all = told.flatMap(({ events }) => events);

    expect(all).toHaveLength(9);
    expect(all.filter((event) => !validate.safeParse(event).success)).toEqual([]);
    expect(validate.safeParse({ ...all[0], detail: { ...all[0]?.detail, schemaVersion: '2' } }).success).toBe(false);
  });

  it('reach rules with the documented pattern for runs that failed, and no others', () => {
    const matching = (bucket: string) =>
      told.map(({ events }) => events.filter((event) => matchesPattern(event, failuresOf(bucket))).length);

    expect(buckets.map(matching)).toEqual([
      [0, 0, 0, 0, 0],
      [0, 1, 0, 0, 0],
      [0, 0, 0, 0, 0],
      [0, 0, 0, 1, 0],
    ]);
  });

  it('reach rules with the documented pattern for runs that have changed something, and no others', () => {
    expect(told.map(({ events }) => events.filter((event) => matchesPattern(event, changes)).length)).toEqual([
      1, 1, 0, 0, 0,
    ]);
  });
});

describe('a message', () => {
  it('is sent when a run has ended, with what happened in its subject and its first line', async () => {
    const { input } = createPair();

    const { messages, summary, executionId } = await execute(input);

    const line = `bucketsync SUCCEEDED s3://${input.destination}: 10 objects copied (70 B), 1 deleted`;
    expect(messages).toEqual([
      {
        subject: line,
        text: expect.stringContaining(`${line}\n\n`),
        attributes: { id: `${summary.runId}/ended`, runId: summary.runId, status: 'SUCCEEDED' },
      },
    ]);
    expect(messages[0]?.text).toContain(`\nExecution: ${executionId} (`);
  });

  it('says what failed, what to do, and where to look', async () => {
    const { source, input } = createPair();
    source.put('site/archived', 'x', { lastModified: past, storageClass: 'GLACIER' });

    const { messages, executionId } = await execute(input);

    const [{ subject, text, attributes } = { subject: '', text: '', attributes: {} }] = messages;
    expect(subject).toBe(`bucketsync FAILED s3://${input.destination}: 1 of 11 objects failed (archived)`);
    expect(text.split('\n').length).toBeLessThanOrEqual(11);
    expect(text).toContain('What it means: 1 object could not be copied; all others were.');
    expect(text).toContain(`\n  Only these objects: bucketsync retry ${executionId}\n`);
    expect(text).toContain('\nRunbook: https://example.com/runbook#syncincompleteerror\n');
    expect(attributes).toMatchObject({ status: 'FAILED', error: 'SyncIncompleteError' });
  });

  it('says what to do about a copy that was altered before it was verified', async () => {
    const { destination, input } = createPair();

    const { messages, executionId } = await execute(
      { ...input, verify: true },
      {},
      {
        around: async (task, given, invoke) => {
          const { phase } = given as { phase?: { name: string } };
          if (task === 'CopyRange' && phase?.name === 'verify') destination.put('site/3', 'altered');
          return invoke();
        },
      },
    );

    expect(messages[0]?.subject).toContain(': 1 object differs after the run (DriftError)');
    expect(messages[0]?.text).toContain('What to do: Find out who else writes to one of the buckets and stop them');
    expect(messages[0]?.text).toContain(`\n  Each of them: bucketsync report ${executionId} --lines differences\n`);
  });

  it.each<[ExecutionEnd[], asked: object, sent: number]>([
    [['FAILED', 'TIMED_OUT'], {}, 0],
    [['SUCCEEDED'], {}, 1],
    [['FAILED'], { maxDeletes: 0 }, 1],
    [['SUCCEEDED'], { maxDeletes: 0 }, 0],
    [['ABORTED'], { maxDeletes: 0 }, 0],
  ])('is sent for the ends that were asked for: %j after %j', async (on, asked, sent) => {
    const { messages } = await execute(createPair().input, asked, listener(on));

    expect(messages).toHaveLength(sent);
  });
});

describe('what cannot be sent', () => {
  it.each([
    [['event'], 'The event about this run was not sent (AuthorizationError: not\\u000aallowed)'],
    [['message'], 'The message about this run was not sent (AuthorizationError: not\\u000aallowed)'],
  ])('fails no run, and leaves no lock: %j', async (broken, warning) => {
    const { destination, input } = createPair();

    const { summary, warnings, events, messages } = await execute(input, {}, listener(EXECUTION_ENDS, broken));

    expect(summary).toMatchObject({ status: 'succeeded', warnings: [{ name: 'not-announced', message: warning }] });
    expect(warnings).toEqual(broken.includes('event') ? ['event', 'event'] : ['message']);
    expect([events.length, messages.length]).toEqual(broken.includes('event') ? [0, 1] : [2, 0]);
    expect(holdersOf(destination)).toEqual([]);
  });
});

it('a run of this machine is announced to nobody', async () => {
  const { told, announcer } = listener();

  await mirror.run(createPair().input, { host: { announcer } });

  expect(told).toEqual({ events: [], messages: [], warnings: [] });
});
