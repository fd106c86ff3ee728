import type { ScaleMeasurement } from './measure-run';

export interface ScaleResults {
  readonly runs: readonly ScaleMeasurement[];
}
