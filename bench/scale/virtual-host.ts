import type { Host } from '../../lambdas/engine/ports/host';
import { lockInRunStore } from '../../lambdas/engine/ports/lock-store';
import type { RunStore } from '../../lambdas/engine/ports/run-store';
import { lambdaHost } from '../../lambdas/host/lambda-host';
import { ENVIRONMENT } from '../../statemachine/contract';
import { type Virtual, VirtualBucket } from './virtual-bucket';
import { type Conditions, virtualDestination, virtualSource } from './virtual-side';

const LAMBDA_TIMEOUT_MS = 900_000;

/** Reports are written and forgotten; only the plan, the lock and the summary are kept. */
class ForgetfulStore implements RunStore {
  readonly #kept = new Map<string, string>();
  readonly #partsOfPlans = new Map<string, Buffer>();

  /** @param plans  where the parts of plans are kept, as Tasks keep them elsewhere; absent: here, in memory */
  constructor(private readonly plans?: RunStore) {}

  locate(name: string): string {
    return name;
  }

  async put(name: string, body: string | Uint8Array): Promise<void> {
    if (typeof body === 'string') this.#kept.set(name, body);
    else if (!name.includes('/plan/')) return;
    else if (this.plans) await this.plans.put(name, body);
    else this.#partsOfPlans.set(name, Buffer.from(body));
  }

  async get(name: string) {
    const part = this.#partsOfPlans.get(name);
    if (part) return { body: part, version: '' };
    const body = this.#kept.get(name);
    if (body === undefined && this.plans) return this.plans.get(name);
    return body === undefined ? undefined : { body: Buffer.from(body), version: body };
  }

  async putIfAbsent(name: string, body: string | Uint8Array): Promise<boolean> {
    if (this.#kept.has(name)) return false;
    await this.put(name, body);
    return true;
  }

  async replace(name: string, body: string): Promise<boolean> {
    this.#kept.set(name, body);
    return true;
  }

  async delete(name: string): Promise<void> {
    this.#kept.delete(name);
  }

  async deleteVersion(name: string, version: string): Promise<boolean> {
    return this.#kept.get(name) === version && this.#kept.delete(name);
  }

  async list(): Promise<string[]> {
    return [];
  }
}

export interface VirtualRun {
  readonly virtual: Virtual;
  /** Of the handlers, by environment variable. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where the parts of plans are kept; absent: in memory. */
  readonly plans?: RunStore;
  now(): number;
  /** Of one invocation, which has a core of its own. */
  conditions(): Conditions;
}

/** @returns makes the host of one invocation */
export function virtualHosts({ virtual, settings, plans, now, conditions }: VirtualRun): () => Host {
  process.env[ENVIRONMENT.reportLocation] ??= 'file:///nothing-is-written-there';
  Object.assign(process.env, settings);
  const source = new VirtualBucket(virtual, 'source');
  const destination = new VirtualBucket(virtual, 'destination');
  const runStore = new ForgetfulStore(plans);
  return () => {
    const startedAt = now();
    const around = conditions();
    return {
      ...lambdaHost({ getRemainingTimeInMillis: () => startedAt + LAMBDA_TIMEOUT_MS - now() }),
      trustsListings: true, // as in AWS, which it imitates
      runStore,
      now,
      openBuckets: (_run, observer) => ({
        source: virtualSource(source, around, observer),
        destination: virtualDestination(destination, around, observer),
      }),
      openProbes: () => ({
        isWebsite: async () => false,
        usesAcls: async () => false,
        versionExpiries: async () => [],
        restoreNothing: async () => {},
        readObject: async () => {},
        acceptsWrite: async () => true,
        tryHeaders: async () => ({ uploaded: [], copied: [], anew: [] }),
        isSeenAtSource: async () => false,
        deleteNothing: async () => {},
        copyNothing: async () => ({ outcome: 'allowed' }),
      }),
      findRegion: async () => 'us-east-1',
      openLock: ({ destination }) => lockInRunStore(runStore, destination),
    };
  };
}
