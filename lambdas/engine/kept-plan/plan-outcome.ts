import type { ListedObject } from '../ports/bucket-reader';
import type { PlanLane } from './plan-writer';
import { type PlannedAction, versionOf } from './planned-action';

const ACTIONS = {
  copied: 'copy',
  restored: 'restore',
  deleted: 'delete',
  failed: 'decide',
} as const satisfies Record<string, PlannedAction['action']>;

/**
 * Plans what a walk decides about a key.
 *
 * @returns the function to call with the decision. It is not called for an object that stays as it is
 */
export function planOutcome(
  lane: PlanLane,
  key: string,
  { source, destination }: { readonly source?: ListedObject; readonly destination?: ListedObject | undefined },
) {
  return (outcome: keyof typeof ACTIONS, reason: string): Promise<void> | undefined =>
    lane.add({
      key,
      action: ACTIONS[outcome],
      reason,
      ...(source && { source: versionOf(source) }),
      ...(destination && { destination: versionOf(destination) }),
    });
}
