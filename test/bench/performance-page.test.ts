import { readFileSync } from 'node:fs';
import { fillPage, PAGE } from '../../bench/frame/performance-page';
import { SUITES } from '../../bench/suites';

describe('docs/performance.md', () => {
  it('shows the saved numbers, none of them typed by hand', () => {
    const page = readFileSync(PAGE, 'utf8');

    expect(page).toBe(fillPage(page, SUITES));
  });
});
