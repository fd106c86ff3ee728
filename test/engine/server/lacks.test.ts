import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { LACKS_FOLDER, Lacks, lacksFolder, readLacks } from '../../../lambdas/engine/server/lacks';
import { sparing, unlessLacking } from '../../../lambdas/engine/server/unless-lacking';
import { FolderRunStore } from '../../../lambdas/host/run-store/folder-run-store';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();

const runStore = new FolderRunStore(folder);
const host = { runStore, trustsListings: false, endpoint: 'http://s3.example', now: Date.now };
const runOf = (id: string) => ({ id, input: { destination: 'b-dst' } });
const refused = () => Promise.reject(new Error('501'));
const always = () => true;

async function open(id: string): Promise<Lacks> {
  const lacks = await Lacks.open(runOf(id), host);
  if (!lacks) throw new Error('Expected an S3 that is not AWS');
  return lacks;
}

describe('what a server lacks', () => {
  it('is nothing on AWS: there every rejected request is an error', async () => {
    const onAws = await Lacks.open(runOf('aws'), { ...host, trustsListings: true });

    await expect(unlessLacking(onAws, 'parts', always, refused)).rejects.toThrow('501');
    await expect(sparing(onAws, 'CopyObject', ['annotations'], always, refused)).rejects.toThrow('501');
    expect(await readLacks('aws', { ...host, trustsListings: true })).toEqual([]);
  });

  it('is known to every Task that begins later, and in the end to the summary', async () => {
    const first = await open('shared');
    await unlessLacking(first, 'tagging', always, refused);
    await first.close();
    const later = await open('shared');
    const ask = jest.fn(refused);

    expect(await unlessLacking(later, 'tagging', always, ask)).toBeUndefined();
    expect(ask).not.toHaveBeenCalled();
    expect(await readLacks('shared', host)).toEqual([
      { name: 'tagging', meaning: expect.stringContaining('no object tags') },
    ]);
  });

  it('is tried by one request while all others wait for its result', async () => {
    const lacks = await open('at once');
    const send = jest.fn(async (leaveOut: ReadonlySet<string>) => {
      await new Promise(setImmediate);
      if (!leaveOut.has('annotations')) throw new Error('501');
      return 'copied';
    });

    const copies = Array.from({ length: 20 }, () => sparing(lacks, 'CopyObject', ['annotations'], always, send));

    expect(new Set(await Promise.all(copies))).toEqual(new Set(['copied']));
    expect(send).toHaveBeenCalledTimes(21);
  });

  it('is waited for by no request of a kind that an earlier Task has tried', async () => {
    const lacks = await Lacks.open(runOf('tried'), host, ['ListObjectsV2']);
    const { promise: answer, resolve: end } = Promise.withResolvers<string>();
    const send = jest.fn(() => answer);

    const pages = Array.from({ length: 20 }, () => sparing(lacks, 'ListObjectsV2', ['archiveStatus'], always, send));
    await new Promise(setImmediate);

    expect(send).toHaveBeenCalledTimes(20);
    end('page');
    await Promise.all(pages);
  });

  it('is not blamed if the request also fails without it, and then no other request tries again', async () => {
    const lacks = await open('in vain');
    const send = jest.fn(refused);

    for (let copy = 0; copy < 3; copy++) {
      const copying = sparing(lacks, 'CopyObject', ['annotations', 'copyConditions'], always, send);
      await expect(copying).rejects.toThrow('501');
    }

    expect(send).toHaveBeenCalledTimes(4 + 1 + 1);
    expect(lacks.has('annotations')).toBe(false);
  });

  it('is not noted if a request fails because of its object', async () => {
    const lacks = await open('about');
    const gone = () => Promise.reject(new Error('404'));

    await expect(unlessLacking(lacks, 'parts', always, refused, gone)).rejects.toThrow('404');
    expect(lacks.has('parts')).toBe(false);
  });

  it('is remembered for thirty days if every run would find it again at the price of copies', async () => {
    const lacks = await open('first run');
    lacks.add('header:expires', undefined, { lasting: true });
    lacks.add('parts');
    await lacks.close();

    const next = await open('second run');
    expect([next.has('header:expires'), next.has('parts')]).toEqual([true, false]);
    await next.close();
    expect((await readLacks('second run', host)).map(({ name }) => name)).toEqual(['header:expires']);

    const [server = ''] = await runStore.list(LACKS_FOLDER);
    const [file = ''] = await runStore.list(`${server}/`);
    const longAgo = Date.now() / 1000 - 31 * 86_400;
    utimesSync(join(folder, file), longAgo, longAgo);
    expect((await open('third run')).has('header:expires')).toBe(false);
  });

  it('does not mention remembered lacks if a run has not used them', async () => {
    await open('quiet');

    expect(await runStore.list(lacksFolder('quiet'))).toEqual([]);
  });
});
