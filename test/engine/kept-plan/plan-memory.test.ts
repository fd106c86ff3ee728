import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { PlanWriter } from '../../../lambdas/engine/kept-plan/plan-writer';
import { Lanes } from '../../../lambdas/engine/keys/lanes';
import { FolderRunStore } from '../../../lambdas/host/run-store/folder-run-store';
import { temporaryFolder } from '../../support/temporary-folder';

const PAGES = 200;
const PAGE_BYTES = 350_000;
const version = { sizeBytes: 1, eTag: 'e', lastModified: 0, storageClass: 'STANDARD', archived: false };

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A key as the engine cuts it out of the text of a list page. */
function keyOfPage(page: number): string {
  const text = Buffer.alloc(PAGE_BYTES, `<Key>folder/with/a/long/name/${page}</Key>`).toString('latin1');
  return /<Key>([^<]*)</.exec(text)?.[1] as string;
}

/** @returns how many pages' worth of memory is in use that was not before */
async function pagesKept(work: (key: string) => Promise<void> | undefined): Promise<number> {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let page = 0; page < PAGES; page++) await work(keyOfPage(page));
  collectGarbage();
  return (process.memoryUsage().heapUsed - before) / PAGE_BYTES;
}

it('keeps no list page in memory after its keys are decided', async () => {
  const writer = new PlanWriter(new FolderRunStore(temporaryFolder()), 'run', 'writer', [{}]);
  const lane = writer.openLane();

  const kept = await pagesKept((key) => lane.add({ key, action: 'copy', reason: 'size', source: version }));

  expect(kept).toBeLessThan(PAGES / 4);
  await writer.close();
});

it('keeps no list page in memory on which a part begins or ends', async () => {
  const parts: object[] = [];
  const lane = new Lanes<number>(8, async (part) => void parts.push(part), [{}]).open();

  const kept = await pagesKept((key) => lane.add(key, 0, 1));

  expect(parts).toHaveLength(PAGES);
  expect(kept).toBeLessThan(PAGES / 4);
});
