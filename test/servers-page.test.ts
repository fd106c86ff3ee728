import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeLack, LACK_NAMES } from '../statemachine/lacks';

const page = readFileSync(join(__dirname, '../docs/servers.md'), 'utf8');

describe('docs/servers.md', () => {
  it.each(LACK_NAMES)('explains what it means that a server lacks %s', (name) => {
    expect(page).toContain(`| \`${name}\``);
    expect(describeLack(name).meaning.length).toBeGreaterThan(20);
  });

  it('names only what a run can find', () => {
    const rows = [...page.matchAll(/^\| `([\w:<>]+)`/gm)].map(([, name]) => name);

    expect(rows).toEqual(expect.arrayContaining(LACK_NAMES));
    expect(
      rows.filter((name) => !LACK_NAMES.includes(name as never) && name !== 'header:<name>' && name !== 'lacks'),
    ).toEqual([]);
  });
});
