import * as z from 'zod';
import { parseIfJson } from '../../../statemachine/input/parse-json';
import type { RunStore } from '../ports/run-store';
import type { Layer } from './layers';

/** A list of parts that a Task, or the end of a run, has left. */
export interface IndexFile {
  readonly layers: readonly Layer[];
  /** Parts of which newer ones leave nothing, and which are not deleted yet. */
  readonly dropped?: readonly string[];
  /** Files that a Task could not use. */
  readonly damaged?: readonly string[];
}

export interface FoundIndex extends IndexFile {
  readonly name: string;
  readonly isDamaged: boolean;
}

const INDEXES_AT_ONCE = 16;

const range = z.object({ after: z.string().optional(), until: z.string().optional() });
const part = z.object({
  ...{ name: z.string(), first: z.string(), last: z.string(), sha256: z.string() },
  pending: z.literal(true).optional(),
});
const indexSchema = z.object({
  layers: z.array(
    z.object({ generation: z.string(), parts: z.array(part), looked: z.array(range), unpublished: z.int().optional() }),
  ),
  dropped: z.array(z.string()).optional(),
  damaged: z.array(z.string()).optional(),
});

/** @throws  the run store could not be read: that says nothing about the dates */
export async function readIndexes(store: RunStore, names: readonly string[]): Promise<FoundIndex[]> {
  const found: FoundIndex[] = [];
  for (let index = 0; index < names.length; index += INDEXES_AT_ONCE) {
    const some = names.slice(index, index + INDEXES_AT_ONCE);
    const files = await Promise.all(some.map(async (name) => ({ name, file: await store.get(name) })));
    // what is gone by now was put together with others
    found.push(...files.flatMap(({ name, file }) => (file ? [parse(name, file.body.toString('utf8'))] : [])));
  }
  return found;
}

/**
 * Nobody knows what a damaged list said: maybe that an orphan was back. So it says that its run has looked everywhere, and no older
 * date holds.
 */
function parse(name: string, text: string): FoundIndex {
  const index = indexSchema.safeParse(parseIfJson(text)).data as IndexFile | undefined;
  if (index) return { name, ...index, isDamaged: false };
  const generation =
    /[^/]*$/
      .exec(name)?.[0]
      .replace(/\.json$/, '')
      .replace(/^(\w+-[0-9a-f]{16}).*$/, '$1') ?? '';
  return { name, layers: [{ generation, parts: [], looked: [{}] }], isDamaged: true };
}
