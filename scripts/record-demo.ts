/**
 * Runs the demo and draws what it prints into docs/demo.svg, the picture in README.md:
 * `node --import ./bin/tsx.mjs scripts/record-demo.ts`
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawTerminal } from './terminal-picture';

const ROOT = join(__dirname, '..');

function main(): void {
  const printed = execFileSync(process.execPath, ['--import', './bin/tsx.mjs', 'bin/bucketsync.ts', 'demo'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const picture = drawTerminal(`$ npm start\n\n${withoutDetails(printed)}`, 'The demo: npm start');
  writeFileSync(join(ROOT, 'docs/demo.svg'), picture);
}

/** Without the introduction, the second run's table, the commands to try next, and lines that say little in a picture. */
function withoutDetails(printed: string): string {
  const lines = printed.split('\n');
  const at = (text: string) => {
    const index = lines.findIndex((line) => line.includes(text));
    if (index < 0) throw new Error(`Expected the demo to print "${text}", got ${printed}`);
    return index;
  };
  const [first, third, verdict] = [
    at('1  Mirror s3://'),
    at('3  Mirror once more'),
    at('a second run had nothing to do'),
  ];
  const kept = [...lines.slice(first, third + 4), '', ...lines.slice(verdict, verdict + 1)];
  const isHeading = (line = '') => /\d {2}(Mirror|Compare) /.test(line);
  const shown = (line: string, index: number) =>
    !/not included:|Where/.test(line) && !(line === '' && isHeading(kept[index - 1]));
  return kept.filter(shown).join('\n');
}

main();
