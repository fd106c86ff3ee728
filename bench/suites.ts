import { cpu } from './cpu/suite';
import type { AnySuite } from './frame/suite';
import { load } from './load/suite';
import { peers } from './peers/suite';
import { scale } from './scale/suite';
import { start } from './start/suite';
import { stream } from './stream/suite';

export const SUITES: readonly AnySuite[] = [cpu, load, peers, scale, start, stream];
