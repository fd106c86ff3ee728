import type { AnySuite } from './frame/suite';
import { peers } from './peers/suite';

export const SUITES: readonly AnySuite[] = [peers];
