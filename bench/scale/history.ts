import { readStateMachine } from '../../local/state-machine-file';

/** Entered, exited, and what happens in between, as a Standard workflow writes down each kind of state. */
const EVENTS: Readonly<Record<string, number>> = {
  Choice: 2,
  Pass: 2,
  Succeed: 2,
  Fail: 1,
  Task: 5,
  Parallel: 4,
  Map: 6,
};
const EXECUTION_EVENTS = 2;

interface State {
  readonly Type: string;
}

/**
 * History events of the parent execution of a run of one phase without retries: of its states that are entered once,
 * and of those of each loop as often as it went round. The children of a Distributed Map have histories of their own.
 *
 * @param rounds  all of each loop @param ofOneRange  how many of these had one range, so they needed no Map
 */
export function historyEvents(rounds: Rounds, ofOneRange: Rounds = { copy: 0, delete: 0 }): number {
  const { States } = readStateMachine() as unknown as { States: Record<string, State & { Branches: Branch[] }> };
  const eventsOf = (states: Record<string, State>, names: readonly string[]) =>
    names.reduce((sum, name) => sum + (EVENTS[states[name]?.Type ?? ''] ?? Number.NaN), 0);
  const once = ['ValidateInput', 'MorePhases', 'RunPhase', 'ClosePhase', 'MorePhases', 'FinishRun'];
  const end = ['RunSucceeded', 'Succeeded'];
  const [copy, deletes] = (States.RunPhase?.Branches ?? []).map(({ States: states }) => states);
  return (
    EXECUTION_EVENTS +
    eventsOf(States, [...once, ...end]) +
    ofOneRange.copy * eventsOf(copy ?? {}, ['MoreToCopy', 'CopyOneRange', 'AdvanceCopy']) +
    (rounds.copy - ofOneRange.copy) * eventsOf(copy ?? {}, ['MoreToCopy', 'CopyRanges', 'AdvanceCopy']) +
    ofOneRange.delete * eventsOf(deletes ?? {}, ['MoreToDelete', 'DeleteOneRange', 'AdvanceDelete']) +
    (rounds.delete - ofOneRange.delete) * eventsOf(deletes ?? {}, ['MoreToDelete', 'DeleteRanges', 'AdvanceDelete']) +
    eventsOf(copy ?? {}, ['MoreToCopy', 'CopyLoopDone']) +
    eventsOf(deletes ?? {}, ['MoreToDelete', 'DeleteLoopDone'])
  );
}

export interface Rounds {
  readonly copy: number;
  readonly delete: number;
}

interface Branch {
  readonly States: Record<string, State>;
}
