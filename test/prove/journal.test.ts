import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Journal, type Resource } from '../../prove/journal';
import { temporaryFolder } from '../support/temporary-folder';

const place = { name: 'bucketsync-prove-abcdefgh', account: '123456789012', region: 'eu-west-1' };
const bucket = (name: string): Resource => ({ kind: 'bucket', name, region: 'eu-west-1' });

function newFolder(): string {
  return temporaryFolder();
}

describe('a journal', () => {
  it('names the resources that were noted and still exist, the last one first', () => {
    const folder = newFolder();
    const journal = Journal.create(folder, place);
    for (const letter of 'abc') journal.note(bucket(`${place.name}-${letter}`));
    journal.noteGone(bucket(`${place.name}-b`));

    const [read] = Journal.readAll(folder);
    expect(read?.head).toMatchObject(place);
    expect(read?.left.map(({ name }) => name)).toEqual([`${place.name}-c`, `${place.name}-a`]);
  });

  it('is read up to the line that a crash has cut off', () => {
    const folder = newFolder();
    const journal = Journal.create(folder, place);
    journal.note(bucket(`${place.name}-a`));
    appendFileSync(journal.file, '{"made":{"kind":"buc');

    expect(Journal.readAll(folder)[0]?.left).toEqual([bucket(`${place.name}-a`)]);
  });

  it('that was cut off in its first line names nothing, and goes', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'x.journal'), '{"head":{"na');

    expect(Journal.readAll(folder)).toEqual([]);
    expect(Journal.readAll(folder)).toEqual([]);
  });

  it.each([
    'production',
    'bucketsync-prove-zzzzzzzz-source',
    'bucketsync-prove-abcdefgh2',
    'bucketsync-prove-abcdefghx-source',
    'x-bucketsync-prove-abcdefgh-source',
  ])('never names %s', (name) => {
    const folder = newFolder();
    const journal = Journal.create(folder, place);
    expect(() => journal.note(bucket(name))).toThrow('Expected the journal of a proof to name what it made');

    appendFileSync(journal.file, `${JSON.stringify({ made: bucket(name) })}\n`);
    expect(() => Journal.readAll(folder)).toThrow(name);
  });

  it('of another name than that of a proof is not read', () => {
    const folder = newFolder();
    const journal = Journal.create(folder, place);
    writeFileSync(journal.file, readFileSync(journal.file, 'utf8').replaceAll(place.name, 'production'));

    expect(() => Journal.readAll(folder)).toThrow('production');
  });
});
