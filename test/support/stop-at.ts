import { GIVE_BACK_MS } from '../../lambdas/engine/lock/run-lock';
import { lockInRunStore } from '../../lambdas/engine/ports/lock-store';
import { openRunStore } from '../../lambdas/host/run-store/open-run-store';
import type { Fault, RequestInfo } from '../../local/s3';
import type { RangeInput } from '../../statemachine/contract';
import { lockText } from './lock-object';
import { type Mirror, type MirrorOptions, past, useMirror } from './mirror';

/** A mirror whose every request can be left without an answer, that about its lock included. */
export function useMirrorToStop(): Mirror {
  const mirror = useMirror();
  // what is left of a run asks again without a wait once the server is gone
  beforeAll(() => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
  });
  beforeEach(() => {
    mirror.overlooksLock = false;
    mirror.overlooksProbes = false;
  });
  return mirror;
}

export type StopPair = ReturnType<typeof createPair>;

export function createPair(mirror: Mirror) {
  const pair = mirror.createPair();
  pair.source.put('a', 'x', { lastModified: past });
  pair.destination.put('orphan', 'x', { lastModified: past });
  // of its own: what an earlier run has asked for may arrive late
  const reports = mirror.s3.createBucket(`reports-of-${pair.input.source}`).name;
  return { ...pair, reports, runStore: openRunStore(`s3://${reports}`) };
}

export interface Stop {
  /** The first one that is not answered; then somebody stops the run. */
  readonly isMeant: (request: RequestInfo) => boolean;
  readonly fault: Fault;
  /** Whether no request after it is answered either. */
  readonly all?: boolean;
  /** Which Task is the first that is looked at. @default `ValidateInput` */
  readonly from?: (task: string, input: Partial<RangeInput>) => boolean;
  readonly wait?: (milliseconds: number) => Promise<void>;
  /** @default somebody stops the run */
  readonly onMet?: () => void;
}

export const atOnce = async () => {};
/** Where the rest is answered, there is time to give the lock back. */
const unlessForLock = (milliseconds: number) =>
  milliseconds === GIVE_BACK_MS ? new Promise<void>(() => {}) : atOnce();

/** Runs until a request of a Task is not answered. @returns what it was about; undefined where there was none */
export async function stopAt(
  mirror: Mirror,
  pair: StopPair,
  stop: Stop,
  more: object = {},
  { host, ...settings }: MirrorOptions = {},
) {
  const controller = new AbortController();
  const { isMeant, fault, all = false, from = (task) => task === 'ValidateInput' } = stop;
  const { wait = all ? atOnce : unlessForLock, onMet = () => controller.abort() } = stop;
  let met: RequestInfo | undefined;
  let isReached = false;
  mirror.s3.onRequest = (request) => {
    if (!isReached) return undefined;
    if (met) return all ? 'stall' : undefined;
    if (!isOfRun(request, pair) || !isMeant(request)) return undefined;
    met = request;
    setImmediate(onMet);
    return fault;
  };
  const options: MirrorOptions = {
    ...settings,
    host: { runStore: pair.runStore, signal: controller.signal, wait, ...host },
    around: (task, input, invoke) => {
      isReached ||= from(task, input as Partial<RangeInput>);
      return invoke();
    },
  };
  const summary = await mirror.run({ ...pair.input, tags: 'copy', ...more }, options);
  mirror.s3.onRequest = undefined;
  return { met, summary };
}

/** All that a Task asks for, by operation and key. */
export async function requestsOf(
  mirror: Mirror,
  wanted: string,
  more: object,
  host: MirrorOptions['host'] = {},
): Promise<string[]> {
  const pair = createPair(mirror);
  const asked: string[] = [];
  let isWanted = false;
  mirror.s3.onRequest = (request) => {
    if (isWanted && isOfRun(request, pair)) asked.push(nameOf(request));
    return undefined;
  };
  const around: MirrorOptions['around'] = async (task, _input, invoke) => {
    isWanted = task === wanted;
    return invoke();
  };
  await mirror.run({ ...pair.input, tags: 'copy', ...more }, { host: { runStore: pair.runStore, ...host }, around });
  mirror.s3.onRequest = undefined;
  return [...new Set(asked)];
}

function isOfRun({ bucket = '' }: RequestInfo, { input, reports }: StopPair): boolean {
  return [input.source, input.destination, reports].includes(bucket);
}

/** The same for the same request of another run. */
export function nameOf({ operation, bucket = '', key = '' }: RequestInfo): string {
  const folder = key.replace(/[^/]*$/, '').replace(/[0-9a-f-]{36}/, 'of-run');
  return `${operation} ${bucket.replace(/-\d+$/, '')} ${folder}`;
}

/** A run may have it in one of two places. */
export async function findLock({ destination, runStore }: StopPair): Promise<string | undefined> {
  const beside = await lockInRunStore(runStore, destination.name).read();
  return lockText(destination) ?? beside?.body;
}
