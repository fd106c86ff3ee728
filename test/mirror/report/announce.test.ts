import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Announcer } from '../../../lambdas/engine/ports/announcer';
import schema from '../../../schemas/run-event.json';
import { EXECUTION_ENDS } from '../../../statemachine/events/announcements';
import { past } from '../../support/any-mirror';
import { matchesPattern } from '../../support/event-pattern';
import { holdersOf, newHolder, putHolders } from '../../support/lock-object';
import { useMemoryMirror } from '../../support/memory-mirror';
import { createSmallSite } from '../../support/small-site';
import { execute, listener, STATE_MACHINE, type Told } from './announced-run';

const mirror = useMemoryMirror();
const validate = z.fromJSONSchema(schema as unknown as Parameters<typeof z.fromJSONSchema>[0]);

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
    const { input } = createSmallSite(mirror);

    const { events, summary, executionId } = await execute(mirror, input);

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
      totals: {
        ...{ listed: 11, copied: 10, copiedBytes: 70, deleted: 1, unchanged: 0, skipped: 0, deferred: 0, waiting: 0 },
        failed: 0,
      },
      undoable: false,
      estimatedCostUsd: summary.estimatedCostUsd.total,
    });
    expect(events[1]?.resources).toEqual([STATE_MACHINE, executionId, `arn:aws:s3:::${input.destination}`]);
    expect(events[0]?.detail).toMatchObject({ id: `${summary.runId}/started`, dryRun: false });
  });

  it('of a start is sent while the run holds its lock, and before it writes', async () => {
    const { destination, input } = createSmallSite(mirror);
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

    await execute(mirror, input, {}, { told, announcer: watching });

    expect(seen).toEqual([
      { type: 'BucketSync Run Started', holders: 1, copied: false },
      { type: 'BucketSync Run Succeeded', holders: 0, copied: true },
    ]);
  });

  it('says of a dry run that it is one', async () => {
    const { events } = await execute(mirror, createSmallSite(mirror).input, { dryRun: true });

    expect(events.map(({ detail }) => detail)).toEqual([
      expect.objectContaining({ dryRun: true }),
      expect.objectContaining({ dryRun: true, wrote: false }),
    ]);
  });

  it.each<[what: string, asked: object, mirror: boolean]>([
    ['an input that is wrong in one field', { compare: 'guess' }, true],
    ['an input that is none', { source: 5 }, true],
  ])('of a run that was refused names its mirror: %s', async (_what, asked) => {
    const { input } = createSmallSite(mirror);

    const { events } = await execute(mirror, input, asked);

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
    const { destination, input } = createSmallSite(mirror);
    putHolders(destination, [newHolder()]);

    const { events } = await execute(mirror, input);

    expect(events.map((event) => [event['detail-type'], event.detail.error])).toEqual([
      ['BucketSync Run Failed', expect.objectContaining({ name: 'AlreadyRunningError' })],
    ]);
  });

  it('of a run that was held is no failure, and has no start', async () => {
    const { destination, input } = createSmallSite(mirror);
    const hold = { id: randomUUID(), folder: '', since: '2026-03-01T10:00:00.000Z' };
    destination.put('.bucketsync/lock.json', JSON.stringify({ holders: [], holds: [hold] }));

    const { events, messages, summary } = await execute(mirror, input, {}, listener(['SUCCEEDED']));

    expect(summary.status).toBe('held');
    expect(events.map((event) => [event['detail-type'], event.detail.error])).toEqual([
      ['BucketSync Run Held', expect.objectContaining({ name: 'HeldError' })],
    ]);
    expect(validate.safeParse(events[0]).success).toBe(true);
    // the rest is cut off where the name of the bucket is long
    expect(messages[0]?.subject).toContain(
      `bucketsync HELD s3://${input.destination}: somebody holds the destination, nothing was written (`,
    );
  });

  it('is the same one if FinishRun is repeated', async () => {
    const { input } = createSmallSite(mirror);
    const heard = listener();

    await execute(
      mirror,
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
    const { input } = createSmallSite(mirror);
    const { events, messages } = await execute(
      mirror,
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
    const good = createSmallSite(mirror);
    const bad = createSmallSite(mirror);
    bad.source.put('site/archived', 'x', { lastModified: past, storageClass: 'GLACIER' });
    const same = mirror.createPair();
    same.source.put('a', 'x', { lastModified: past });
    same.destination.put('a', 'x');
    const refused = createSmallSite(mirror);
    for (const { input } of [good, bad, same, refused])
      told.push(await execute(mirror, input, input === refused.input ? { compare: 'guess' } : {}));
    told.push(await execute(mirror, good.input, { dryRun: true }));
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

describe('what cannot be sent', () => {
  it.each([
    [['event'], 'The event about this run was not sent (AuthorizationError: not\\u000aallowed)'],
    [['message'], 'The message about this run was not sent (AuthorizationError: not\\u000aallowed)'],
  ])('fails no run, and leaves no lock: %j', async (broken, warning) => {
    const { destination, input } = createSmallSite(mirror);

    const { summary, warnings, events, messages } = await execute(mirror, input, {}, listener(EXECUTION_ENDS, broken));

    expect(summary).toMatchObject({ status: 'succeeded', warnings: [{ name: 'not-announced', message: warning }] });
    expect(warnings).toEqual(broken.includes('event') ? ['event', 'event'] : ['message']);
    expect([events.length, messages.length]).toEqual(broken.includes('event') ? [0, 1] : [2, 0]);
    expect(holdersOf(destination)).toEqual([]);
  });
});

it('a run of this machine is announced to nobody', async () => {
  const { told, announcer } = listener();

  await mirror.run(createSmallSite(mirror).input, { host: { announcer } });

  expect(told).toEqual({ events: [], messages: [], warnings: [] });
});
