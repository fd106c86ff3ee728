import type { RangeInput } from '../../statemachine/contract';
import { past, useMirror } from '../support/mirror';
import { retryAtOnce } from '../support/retries';

const mirror = useMirror();
retryAtOnce();

it('hands on from round to round how long a run has waited for a server that was away', async () => {
  // Given a clock that goes on only while somebody waits, and a server that is away when two of the ranges begin
  const { source, input } = mirror.createPair();
  for (let index = 0; index < 12; index++) source.put(`k${index}`, 'x', { lastModified: past });
  const known: number[] = [];
  let [passedMs, awayUntil] = [0, 0];
  mirror.s3.onRequest = () => (passedMs < awayUntil ? 'reset' : undefined);

  // When
  const summary = await mirror.run(
    { ...input, lock: 'none', delete: false },
    {
      pageSize: 2,
      serial: true,
      host: {
        now: () => 1_800_000_000_000 + passedMs,
        wait: async (milliseconds) => {
          passedMs += milliseconds;
        },
        remainingMs: () => 900_000,
        roundBudgetsMs: [0],
        patience: { outageMs: 100_000, runMs: 600_000 },
      },
      around: (task, taskInput, invoke) => {
        if (task !== 'CopyRange') return invoke();
        known.push((taskInput as RangeInput).share.awayMs ?? 0);
        if (known.length === 1 || known.length === 3) awayUntil = passedMs + 30_000;
        return invoke();
      },
    },
  );

  // Then
  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 12, failed: 0 } });
  expect(known.slice(0, 5)).toEqual([0, 30_000, 30_000, 60_000, 60_000]);
});
