import type { Phase, Run } from '../../../statemachine/contract';
import { evidenceFolder } from '../evidence/evidence';
import { generationOf } from '../remembered/files';

/** Where the waymarks of a mirror are. */
export function fileOf({ input }: Pick<Run, 'input'>): string {
  return `${evidenceFolder(input)}/waymarks.json`;
}

/** What single Tasks leave, if a run has several: `FinishRun` puts it together. */
export function folderOfParts({ input }: Pick<Run, 'input'>): string {
  return `${evidenceFolder(input)}/waymarks/`;
}

/** How the names of all parts of a phase begin. */
export function partsOf(run: Run, phase: Phase['name']): string {
  return `${folderOfParts(run)}${generationOf(run)}-${phase}-`;
}
