import { retryIntervals } from '../../local/execution';
import { functionsOfStates, readStateMachine } from '../../local/state-machine-file';

it('reacts to Ctrl-C while it waits for a retry of any Task', () => {
  const intervals = retryIntervals() ?? {};
  const states = functionsOfStates(readStateMachine()).filter(([, task]) => task !== 'FinishRun');

  expect(Object.keys(intervals).sort()).toEqual(states.map(([state]) => state).sort());
  for (const interval of Object.values(intervals)) expect(interval).toBeLessThanOrEqual(5_000);
});
