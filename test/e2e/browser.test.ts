import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { temporaryFolder } from '../support/temporary-folder';
import { startBrowser } from './browser';
import { type PageOptions, writePage } from './report-pages';

const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 740 };

const PAGES = {
  'a run without failures': { failures: 0 },
  'a plan': { failures: 0, dryRun: true },
  'a run with 21 failures': { failures: 21 },
  'a run with 100,000 failures': { failures: 100_000 },
} as const satisfies Record<string, PageOptions>;

let browser: Browser;
const paths = new Map<string, string>();

beforeAll(async () => {
  const folder = temporaryFolder();
  for (const [name, options] of Object.entries(PAGES)) paths.set(name, await writePage(folder, options));
  browser = await startBrowser();
});

afterAll(() => browser?.close());

interface Opened {
  readonly page: Page;
  /** What the browser complains about, also about the page's policy. */
  readonly complaints: string[];
}

async function open(name: keyof typeof PAGES, options: Parameters<Browser['newPage']>[0] = {}): Promise<Opened> {
  const page = await browser.newPage({ viewport: WIDE, ...options });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => complaints.push(request.url()));
  await page.goto(pathToFileURL(paths.get(name) ?? '').href);
  return { page, complaints };
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe-core finds to be serious or worse, and everything about contrast. */
async function violationsOf(page: Page): Promise<Violation[]> {
  await page.evaluate("for (const group of document.querySelectorAll('details')) group.open = true");
  // Through the debugger, which the page's policy does not bind.
  await page.evaluate(AXE);
  const found = await page.evaluate("axe.run({ resultTypes: ['violations'] })");
  const { violations } = found as { violations: Violation[] };
  return violations.filter(({ id, impact }) => ['serious', 'critical'].includes(impact) || id === 'color-contrast');
}

describe.each(Object.keys(PAGES) as (keyof typeof PAGES)[])('the page of %s', (name) => {
  it.each(['light', 'dark'] as const)(
    'opens without a complaint and passes axe in the %s scheme',
    async (colorScheme) => {
      const { page, complaints } = await open(name, { colorScheme });
      expect(await page.locator('h1').count()).toBe(1);
      expect(await violationsOf(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it('has nothing to scroll sideways on a phone, and shows keys in whole lines', async () => {
    const { page, complaints } = await open(name, { viewport: PHONE, colorScheme: 'dark' });
    expect(await violationsOf(page)).toEqual([]);
    const widths = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]');
    expect(widths).toEqual([PHONE.width, PHONE.width]);
    const narrow = await page
      .locator('tbody .key:visible')
      .evaluateAll((cells) => cells.map((cell) => cell.getBoundingClientRect().width).filter((width) => width < 250));
    expect(narrow).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('has nothing to scroll sideways on a screen or sheet of any width', async () => {
    const { page } = await open(name);
    await page.evaluate("for (const group of document.querySelectorAll('details')) group.open = true");
    const widths = { screen: [320, 600, 760, 840, 900, 1280], print: [680, 760, 1040] };
    for (const media of ['screen', 'print'] as const) {
      await page.emulateMedia({ media });
      for (const width of widths[media]) {
        await page.setViewportSize({ width, height: 800 });
        const shown = await page.evaluate('document.documentElement.scrollWidth');
        expect({ media, width: shown }).toEqual({ media, width });
      }
    }
    await page.close();
  });

  it('can be read without scripts', async () => {
    const { page } = await open(name, { javaScriptEnabled: false });
    expect(await page.locator('h1').isVisible()).toBe(true);
    expect(await page.locator('th button').count()).toBe(0);
    expect(
      await page
        .locator('input')
        .isVisible()
        .catch(() => false),
    ).toBe(false);
    await page.close();
  });
});

describe('the failures', () => {
  it('can be searched: only rows with all words stay, and the groups that have them are open', async () => {
    const { page } = await open('a run with 21 failures');
    const rows = page.locator('#failures ~ details tbody tr:visible');
    expect(await rows.count()).toBe(14);
    await page.getByLabel('Search keys and errors').fill('scan GLACIER');
    expect(await rows.count()).toBe(7);
    expect(await page.locator('.search output').textContent()).toBe('7 of 21 rows');
    await page.getByLabel('Search keys and errors').fill('nothing like it');
    expect(await page.locator('#failures ~ details:visible').count()).toBe(0);
    await page.getByLabel('Search keys and errors').fill('');
    expect(await rows.count()).toBe(14);
    await page.close();
  });

  it('can be searched if there are 100,000, of which a thousand are shown', async () => {
    const { page } = await open('a run with 100,000 failures');
    expect(await page.locator('#failures').textContent()).toBe('100,000 failed');
    expect(await page.locator('#failures ~ details summary').allTextContents()).toEqual([
      expect.stringMatching(/^copy: access denied \(66,667 objects\) .* … 66,664 more$/),
      expect.stringMatching(/^copy: archived \(33,333 objects\) .* … 33,330 more$/),
    ]);
    await page.getByLabel('Search keys and errors').fill('chunk-100.');
    expect(await page.locator('.search output').textContent()).toBe('1 of 1000 rows');
    await page.close();
  });
});

describe('a table', () => {
  it('is sorted by a click on its heading, and the other way round by the next one', async () => {
    const { page } = await open('a run without failures');
    const table = page.getByRole('table', { name: 'By folder' });
    const numbers = async () =>
      (await table.locator('tbody td:nth-child(2)').allTextContents()).map((text) => Number(text.replace(',', '')));
    await table.getByRole('button', { name: 'copied', exact: true }).click();
    const upwards = await numbers();
    expect(upwards).toEqual([...upwards].sort((a, b) => a - b));
    expect(await table.getByRole('columnheader', { name: 'copied', exact: true }).getAttribute('aria-sort')).toBe(
      'ascending',
    );
    await table.getByRole('button', { name: 'copied', exact: true }).click();
    expect(await numbers()).toEqual(upwards.reverse());
    await page.close();
  });

  it('can be sorted with the keyboard alone, also on a phone', async () => {
    const { page } = await open('a run with 21 failures', { viewport: PHONE });
    const table = page.getByRole('table', { name: 'access denied' });
    await table.getByRole('button', { name: 'key' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect(await table.getByRole('rowheader').first().textContent()).toContain('chunk-19.');
    await page.close();
  });
});

it('is reached past its head by the first key that is pressed', async () => {
  const { page } = await open('a run without failures');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('main');
  await page.close();
});

it('says of a plan at first sight that nothing was written, and has no green', async () => {
  const { page } = await open('a plan');
  expect(await page.getByText('Nothing was written').isVisible()).toBe(true);
  expect(await page.locator('h1').textContent()).toMatch(/^Plan: 931 objects to copy /);
  const colour = await page.evaluate("getComputedStyle(document.querySelector('h1')).color");
  expect(colour).toBe('rgb(63, 72, 84)');
  await page.close();
});

it('is printed without what only a screen can do, with everything unfolded', async () => {
  const { page } = await open('a run with 21 failures');
  await page.emulateMedia({ media: 'print' });
  await page.evaluate("dispatchEvent(new Event('beforeprint'))");
  expect(await page.locator('.search').isVisible()).toBe(false);
  expect(await page.locator('#failures ~ details tbody tr:visible').count()).toBe(21);
  await page.close();
});
