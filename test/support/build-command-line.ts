import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { buildLauncher } from '../../scripts/build-launcher';
import { buildPrograms } from '../../scripts/build-programs';

const ROOT = join(__dirname, '../..');
const DEFINITION = 'statemachine/bucketsync.asl.json';

/** Builds the command line as `npm run build` does into the folder that is named; a program, since esbuild needs a process without Jest. */
async function main(folder: string): Promise<void> {
  await Promise.all([buildLauncher(folder), buildPrograms(folder)]);
  cpSync(join(ROOT, DEFINITION), join(folder, DEFINITION));
}

void main(process.argv[2] ?? 'dist');
