import { pathToFileURL } from 'node:url';
import { isWithin } from '../../../lambdas/engine/keys/key-range';
import type { RunStore } from '../../../lambdas/engine/ports/run-store';
import { keepKeyList, readKeyList } from '../../../lambdas/engine/wanted/key-list';
import { openRunStore } from '../../../lambdas/host/run-store/open-run-store';
import { temporaryFolder } from '../../support/temporary-folder';

const keys = Array.from({ length: 25_000 }, (_, index) => `k${String(index).padStart(6, '0')}`);
let store: RunStore;

beforeEach(() => {
  store = openRunStore(pathToFileURL(temporaryFolder()).href);
});

it('gives a Task the keys of its ranges, and reads no other parts', async () => {
  await keepKeyList('run', keys, store, 'a');
  const read: string[] = [];
  const get = store.get.bind(store);
  store.get = (name) => {
    read.push(name);
    return get(name);
  };
  const ranges = [{ until: 'k000002' }, { after: 'k009998', until: 'k010000' }];
  expect(await readKeyList('run', ranges, store)).toEqual(
    keys.filter((key) => ranges.some((range) => isWithin(range, key))),
  );
  expect(read).toEqual(['runs/run/keys/index.json', 'runs/run/keys/a-0.json.gz', 'runs/run/keys/a-1.json.gz']);
  expect(await readKeyList('run', [{ after: 'k024990' }], store)).toEqual(keys.slice(24_991));
  expect(await readKeyList('run', [{}], store)).toEqual(keys);
});

it('keeps the list of the attempt that was done first', async () => {
  await keepKeyList('run', ['first'], store, 'a');
  await keepKeyList('run', ['second'], store, 'b');
  expect(await readKeyList('run', [{}], store)).toEqual(['first']);
});

it('takes no list that is gone for an empty one', async () => {
  await keepKeyList('run', keys, store, 'a');
  await store.delete('runs/run/keys/a-1.json.gz');
  await expect(readKeyList('run', [{}], store)).rejects.toThrow(
    'runs/run/keys/a-1.json.gz, a part of the keys of this run',
  );
});
