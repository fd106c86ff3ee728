import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { makeCommandsPage } from '../site/commands-page';
import { makeErrorsPage } from '../site/errors-page';
import { GROUPS, MADE_PAGES } from '../site/pages';

const DOCS = join(__dirname, '../docs');
const shown = GROUPS.flatMap(({ items }) => items.map(({ page }) => page));

it('shows every page of docs/ in the sidebar of the site, once', () => {
  const pages = globSync('**/*.md', { cwd: DOCS, exclude: ['decisions'] }).map((file) => file.replace(/\.md$/, ''));
  expect([...shown].sort()).toEqual([...pages, ...MADE_PAGES].sort());
});

it('has no page that neither stands in docs/ nor is made', () => {
  expect(shown.filter((page) => !MADE_PAGES.includes(page) && !existsSync(join(DOCS, `${page}.md`)))).toEqual([]);
});

it('makes a section of each command, with its options', () => {
  const page = makeCommandsPage();
  for (const command of ['run', 'plan', 'apply', 'check', 'start', 'report'])
    expect(page).toContain(`\n## ${command}\n`);
  expect(page).toMatch(/\| `--exclude <glob>` \| .+ \|/);
});

it('has a meaning for each error', () => {
  expect(makeErrorsPage()).toMatch(/\| \[`DeleteGuardError`\]\(\.\.\/runbook\.md#deleteguarderror\) \| .+ \|/);
});
