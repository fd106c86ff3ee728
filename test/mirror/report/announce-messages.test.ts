import type { ExecutionEnd } from '../../../statemachine/events/announcements';
import { past } from '../../support/any-mirror';
import { useMemoryMirror } from '../../support/memory-mirror';
import { createSmallSite } from '../../support/small-site';
import { execute, listener } from './announced-run';

const mirror = useMemoryMirror();

describe('a message', () => {
  it('is sent when a run has ended, with what happened in its subject and its first line', async () => {
    const { input } = createSmallSite(mirror);

    const { messages, summary, executionId } = await execute(mirror, input);

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
    const { source, input } = createSmallSite(mirror);
    source.put('site/archived', 'x', { lastModified: past, storageClass: 'GLACIER' });

    const { messages, executionId } = await execute(mirror, input);

    const [{ subject, text, attributes } = { subject: '', text: '', attributes: {} }] = messages;
    expect(subject).toBe(`bucketsync FAILED s3://${input.destination}: 1 of 11 objects failed (archived)`);
    expect(text.split('\n').length).toBeLessThanOrEqual(11);
    expect(text).toContain('What it means: 1 object could not be copied; all others were.');
    expect(text).toContain(`\n  Only these objects: bucketsync retry ${executionId}\n`);
    expect(text).toContain('\nRunbook: https://example.com/runbook#syncincompleteerror\n');
    expect(attributes).toMatchObject({ status: 'FAILED', error: 'SyncIncompleteError' });
  });

  it('says what to do about a copy that was altered before it was verified', async () => {
    const { destination, input } = createSmallSite(mirror);

    const { messages, executionId } = await execute(
      mirror,
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
    const { messages } = await execute(mirror, createSmallSite(mirror).input, asked, listener(on));

    expect(messages).toHaveLength(sent);
  });
});
