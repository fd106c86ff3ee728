import { estimateCost } from '../../../lambdas/engine/cost/estimate-cost';
import { PRICES } from '../../../lambdas/engine/cost/prices';
import type { TaskName } from '../../../local/handlers';
import { type FinishedPhase, type LoopAfterRound, RANGE_MEMORY_MIB } from '../../../statemachine/contract';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { roundsOf } from '../../support/rounds-of';

const mirror = useMemoryMirror();

/**
 * The states that a Task stands for, with itself, and those that the Task leads to in every case:
 *
 * - `ValidateInput`: and the start of the execution
 * - `AdvanceCopy`: after `MoreToCopy` and the Map or the range
 * - `ClosePhase`: after `MorePhases`, `RunPhase`, and the last choice and the end of each branch
 * - `FinishRun`: after the last `MorePhases`, and before `RunSucceeded` and `Succeeded`
 */
const STATES: Partial<Record<TaskName, number>> = {
  ValidateInput: 2,
  AdvanceCopy: 3,
  AdvanceDelete: 3,
  ClosePhase: 7,
  FinishRun: 4,
};

it.each([
  ['has one range in every round', {}],
  ['has rounds of several ranges', { pageSize: 10, host: { ...roundsOf(1), rangesAtOnce: 4 } }],
])('the estimate counts the transitions that a run took which %s', async (_what, options) => {
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < 60; index++) source.put(`${index}`, 'content', { lastModified: past });
  for (let index = 0; index < 20; index++) destination.put(`orphan-${index}`, 'x');
  let transitions = 0;
  let phases: readonly FinishedPhase[] = [];

  const summary = await mirror.run(
    { ...input, verify: true },
    {
      ...options,
      around: async (task, taskInput, invoke) => {
        const { results = [] } = (taskInput as { loop?: LoopAfterRound }).loop ?? {};
        // a child has the start of its execution besides its only state
        transitions += (STATES[task] ?? 0) + results.length * 2;
        const result = await invoke();
        if (task === 'ClosePhase') phases = (result as { done: FinishedPhase[] }).done;
        return result;
      },
    },
  );

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 60, deleted: 20 } });
  const { stepFunctions = 0 } = estimateCost(phases, RANGE_MEMORY_MIB).items;
  expect(stepFunctions).toBeCloseTo(transitions * PRICES.stateTransition, 6);
  const withMaps = phases.some(({ copy }) => copy.mapRanges > 0);
  expect(withMaps).toBe('host' in options);
});
