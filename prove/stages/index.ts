import type { Stage } from '../assumption';
import { preflight } from './a-preflight';
import { wire } from './b-wire';
import { lists } from './c-lists';
import { conditions } from './d-conditions';
import { parts } from './e-parts';

/** Cheap and fundamental ones first. */
export const STAGES: readonly Stage[] = [preflight, wire, lists, conditions, parts];
