/** Timeouts that pass when a test says so, however long the machine takes for everything else. */
export interface HeldTimeouts extends Disposable {
  pass(milliseconds: number): void;
}

/** Until it is disposed of, no `setTimeout` passes by itself. */
export function holdTimeouts(): HeldTimeouts {
  jest.useFakeTimers({
    doNotFake: ['Date', 'performance', 'hrtime', 'nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate'],
  });
  return {
    pass: (milliseconds) => void jest.advanceTimersByTime(milliseconds),
    [Symbol.dispose]: () => void jest.useRealTimers(),
  };
}
