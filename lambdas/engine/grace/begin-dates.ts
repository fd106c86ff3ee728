import type { KeyRange, Run } from '../../../statemachine/contract';
import { compareKeys } from '../keys/compare-keys';
import { overlaps } from '../keys/key-range';
import { unite } from '../keys/range-sets';
import type { Host } from '../ports/host';
import { listAll, type RunStore } from '../ports/run-store';
import { generationOf, sha256 } from '../remembered/files';
import { dateIn, IS_BACK, withDates } from './dates';
import { type FoundIndex, type IndexFile, readIndexes } from './index-file';
import { type DatesPart, type Layer, stack } from './layers';
import { datesOfPlan, PlaceOfDates } from './place-of-dates';

const PARTS_AT_ONCE = 16;

/**
 * Before a run applies a plan, what the plan has found about orphans becomes a layer of dates. The plan may be days old, so each date has
 * to hold still:
 *
 * | the plan says | runs since the plan | date |
 * | --- | --- | --- |
 * | no run had seen the orphan | none has looked | now |
 * | a date | none has looked | that date, if the files still have it |
 * | either | have looked | theirs, or now if they have not named the orphan |
 *
 * If some of the plan cannot be read, earlier dates hold no longer, and all orphans begin to wait anew.
 */
export async function beginDates(run: Run, host: Host): Promise<void> {
  const { runStore, invocationId } = host;
  const { plan, input } = run;
  if (!plan || !begins(run)) return;
  const place = new PlaceOfDates(input, host);
  const { indexes: ofPlan } = datesOfPlan(plan.id);
  const [found, known] = await Promise.all([readAll(runStore, ofPlan), readAll(runStore, place.indexes)]);
  const planned = stack(found.flatMap(({ layers }) => layers));
  const parts = planned.flatMap((layer) => layer.parts);
  const writer = `${generationOf(run)}-apply-${invocationId}`;
  const write = (own: readonly DatesPart[], looked: readonly KeyRange[], damaged: readonly string[]) => {
    const layer = { generation: generationOf(run), parts: own, looked };
    const file: IndexFile = { layers: [layer], ...(damaged.length > 0 && { damaged }) };
    return runStore.put(`${place.indexes}${writer}.json`, JSON.stringify(file));
  };
  const lists = found.length === 0 ? [{ name: ofPlan, isDamaged: true }] : found;
  const damaged = lists.filter(({ isDamaged }) => isDamaged).map(({ name }) => name);
  if (known.length + parts.length + damaged.length === 0) return;
  const named = parts.map((part, index) => ({ ...part, name: `${place.parts}${writer}-${index}`, sha256: '' }));
  const pending = named.map((part) => ({ ...part, pending: true as const }));
  if (pending.length > 0) await write(pending, [], []);
  const layers = stack(known.flatMap((file) => file.layers));
  const dating = new Dating(runStore, layers, { madeBy: planned[0]?.generation ?? '', now: Date.parse(run.startedAt) });
  const own: DatesPart[] = [];
  for (let from = 0; from < parts.length; from += PARTS_AT_ONCE) {
    const some = parts.slice(from, from + PARTS_AT_ONCE).map(async (part, index) => {
      const body = await dating.begin(part);
      const target = named[from + index];
      if (!body || !target) return damaged.push(part.name);
      await runStore.put(target.name, body);
      return own.push({ ...target, sha256: sha256(body) });
    });
    await Promise.all(some);
  }
  const everything = place.rangeOf(input.startAfter === undefined ? {} : { after: input.startAfter });
  await write(own, damaged.length > 0 ? [everything] : unite(planned.flatMap(({ looked }) => looked)), damaged);
}

/** Whether the run begins the time of what its plan has found. */
export function begins({ input }: Pick<Run, 'input'>): boolean {
  const { apply, deleteAfter, dryRun } = input;
  return apply !== undefined && deleteAfter !== undefined && input.delete && !dryRun;
}

async function readAll(store: RunStore, folder: string): Promise<FoundIndex[]> {
  return readIndexes(store, await listAll(store, folder));
}

/** Gives the orphans of a plan the dates that hold when it is applied. */
class Dating {
  /** @param layers  of all runs, the newest first @param madeBy  the generation of the plan */
  constructor(
    private readonly store: RunStore,
    private readonly layers: readonly Layer[],
    private readonly plan: { readonly madeBy: string; readonly now: number },
  ) {}

  /** @returns undefined if the part is missing or damaged */
  async begin(part: DatesPart): Promise<Buffer | undefined> {
    const body = await this.#read(part);
    if (!body) return undefined;
    const layers = await this.#about(part);
    return withDates(body, (orphan, date) => (date === IS_BACK ? date : this.#dateOf(orphan, date, layers)));
  }

  #dateOf(orphan: Buffer, planned: number, layers: readonly LayerAbout[]): number {
    const { now } = this.plan;
    for (const { bodies, isNewer, hasLooked, unpublished } of layers) {
      const found = bodies.map((dates) => dateIn(dates, orphan)).find((known) => known !== undefined);
      if (found === undefined && isNewer && hasLooked) return now;
      if (found === undefined) continue;
      if (isNewer) return found === IS_BACK || found === unpublished ? now : found;
      // the plan itself begins no time: of its own date no file has one
      if (found === planned) return found;
    }
    return now;
  }

  /** What each layer says about orphans within the keys of a part. */
  async #about(range: DatesPart): Promise<LayerAbout[]> {
    const isNear = ({ first, last }: DatesPart) =>
      compareKeys(first, range.last) <= 0 && compareKeys(last, range.first) >= 0;
    const layers = this.layers.map(async ({ generation, parts, looked, unpublished }) => {
      const read = await Promise.all(parts.filter(isNear).map((part) => this.#read(part)));
      const bodies = read.filter((body) => body !== undefined);
      const hasLooked = looked.some((one) => overlaps(one, range));
      return { bodies, isNewer: generation > this.plan.madeBy, hasLooked, unpublished };
    });
    return Promise.all(layers);
  }

  async #read({ name, sha256: sum }: DatesPart): Promise<Buffer | undefined> {
    const body = (await this.store.get(name))?.body;
    return body && sha256(body) === sum ? body : undefined;
  }
}

interface LayerAbout {
  readonly bodies: readonly Buffer[];
  /** Its run has begun after the plan. */
  readonly isNewer: boolean;
  /** Its run has looked at some of the keys. */
  readonly hasLooked: boolean;
  readonly unpublished: number | undefined;
}
