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

/** Without the introduction, the list of what the price leaves out, the tables of the second run, and the commands to try next. */
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
  return kept.filter((line) => !line.includes('not included:')).join('\n');
}

main();
