import type { Stage } from '../assumption';
import { preflight } from './a-preflight';
import { wire } from './b-wire';
import { lists } from './c-lists';
import { conditions } from './d-conditions';
import { parts } from './e-parts';
import { denials } from './f-denials';
import { deployed } from './g-deployed';
import { options } from './h-options';

/** Cheap and fundamental ones first. */
export const STAGES: readonly Stage[] = [preflight, wire, lists, conditions, parts, denials, deployed, options];
