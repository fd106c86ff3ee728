import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildProgram } from '../cli/program';
import { ALARM_NAMES } from '../lib/monitoring/describe-alarm';
import { ERROR_NAMES } from '../statemachine/errors';

const RUNBOOK = readFileSync(join(__dirname, '../docs/runbook.md'), 'utf8');
const PARTS = ['Description', 'Investigation', 'Resolution', 'It is over'];

/** By their headings. */
const sections = new Map(
  RUNBOOK.split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = ''] = section.split('\n', 1);
      return [heading, section.slice(heading.length)] as const;
    }),
);
const [contents = ''] = RUNBOOK.split(/^## /m, 1);

/** As GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(/\s/g, '-');
}

it.each([
  ...ERROR_NAMES,
  'EndpointError',
  'SlowDown, InternalError and other codes of S3',
  'Timeout, and other names without "Error" at their end',
  ...ALARM_NAMES.map((name) => `Alarm ${name}`),
])('says of %s what it means, how to look, what to do, and how to know that it is over', (heading) => {
  const section = sections.get(heading) ?? '';
  const parts = section.split(/^\*\*([\w ]+)\*\*/m).map((text) => text.trim());

  expect(parts.filter((_text, index) => index % 2 === 1)).toEqual(PARTS);
  expect(parts.filter((text) => text.length < 2)).toEqual(['']);
  // else they are one paragraph on the page
  expect(section).not.toMatch(/[^\n]\n\*\*(Investigation|Resolution|It is over)\*\*/);
});

it('has each section in its contents, and no section that does not exist', () => {
  const linked = [...contents.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor);

  expect(linked.sort()).toEqual([...sections.keys()].map(anchorOf).sort());
});

it('leads to sections that exist', () => {
  const anchors = new Set([...sections.keys()].map(anchorOf));
  const links = [...RUNBOOK.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = '']) => anchor);

  expect(links.filter((anchor) => !anchors.has(anchor))).toEqual([]);
});

it('names only commands and options that exist', () => {
  const program = buildProgram(() => {});
  const typed = [...RUNBOOK.matchAll(/`(?:npx )?bucketsync ([a-z]+)([^`]*)`/g)];
  const wrong = typed.filter(([, verb, rest = '']) => {
    const command = program.commands.find((one) => one.name() === verb);
    const known = new Set(command?.options.flatMap(({ long, short }) => [long, short]));
    return !command || (rest.match(/(?<=\s)--?[a-z][\w-]*/g) ?? []).some((option) => !known.has(option));
  });

  expect(typed.length).toBeGreaterThan(20);
  expect(wrong.map(([text]) => text)).toEqual([]);
});
