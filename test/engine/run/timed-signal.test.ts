import { getEventListeners } from 'node:events';
import { TimedSignal } from '../../../lambdas/engine/run/timed-signal';
import { useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();
const listenersOf = (signal: AbortSignal) => getEventListeners(signal, 'abort');

describe('a signal with a time', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('is aborted when its time is over, or before that together with another one', () => {
    const other = new AbortController();
    const [first, second] = [TimedSignal.after(1_000, other.signal), TimedSignal.after(2_000, other.signal)];
    jest.advanceTimersByTime(1_000);
    expect([first.signal.aborted, second.signal.aborted]).toEqual([true, false]);

    other.abort();

    expect(second.signal.aborted).toBe(true);
    expect(TimedSignal.after(1_000, other.signal).signal.aborted).toBe(true);
    expect([jest.getTimerCount(), listenersOf(other.signal)]).toEqual([0, []]);
  });

  it('is not aborted any more once it is closed, and leaves no timer and no listener', () => {
    const other = new AbortController();
    const closed = TimedSignal.after(1_000, other.signal);

    closed.close();
    expect([jest.getTimerCount(), listenersOf(other.signal)]).toEqual([0, []]);
    jest.advanceTimersByTime(1_000);
    other.abort();

    expect(closed.signal.aborted).toBe(false);
  });
});

it('no Task leaves a timer for fifteen minutes, or a listener of the process', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('a', 'x');
  destination.put('orphan', 'x');
  const { signal } = new AbortController();
  const begun = jest.spyOn(TimedSignal, 'after');
  const closed = jest.spyOn(TimedSignal.prototype, 'close');

  const summary = await mirror.run({ ...input, plan: true }, { host: { signal } });

  expect(summary).toMatchObject({ totals: { copied: 1, deleted: 1 } });
  expect(begun.mock.calls.length).toBeGreaterThan(2); // one in each Task of a range
  expect(closed).toHaveBeenCalledTimes(begun.mock.calls.length);
  expect(listenersOf(signal)).toEqual([]);
  jest.restoreAllMocks();
});
