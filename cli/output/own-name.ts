import { readFileSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join, relative, resolve } from 'node:path';
import { shellWord } from '../../wording/shell-word';

const NAME = 'bucketsync';

/** Commands as texts name them: at the start of quoted text, after a colon, or on a line of their own. */
const COMMAND =
  /(?<=`|: {1,2}|^ *)bucketsync (?=(?:run|plan|check|apply|retry|undo|runs|prune|report|unlock|hold|release|start|watch|stop|history|policy|prove|doctor|demo|completion|help|version)\b)/gm;

/** What tells how somebody started this program. */
export interface Call {
  /** The file that Node.js was told to run. */
  readonly script: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

let known: string | undefined;

/** What this user types before a command: `bucketsync`, `npx bucketsync`, or in a clone `npm run -s bucketsync --`. */
export function ownName(): string {
  known ??= findOwnName({ script: process.argv[1], env: process.env });
  return known;
}

/** The same text with each of its commands as this user types it. */
export function withOwnName(text: string, name = ownName()): string {
  return text.replace(COMMAND, () => `${name} `);
}

export function findOwnName({ script, env }: Call): string {
  if (script === undefined || !basename(script).startsWith(NAME)) return NAME; // another program has loaded this one
  if (script.endsWith('.ts')) return `npm run -s ${NAME} --`;
  if (isByPackageManager(env)) return ofPackageManager(script, env);
  if (isOnPath(script, env)) return NAME;
  if (folderOfPackages(script) !== undefined) return `npx ${NAME}`;
  return `node ${shellWord(shorter(script))}`;
}

/** npm, and those that work alike, add node_modules/.bin to the PATH of what they start. */
function isByPackageManager(env: NodeJS.ProcessEnv): boolean {
  return env.npm_config_user_agent !== undefined && env.npm_lifecycle_event !== undefined;
}

function ofPackageManager(script: string, { npm_config_user_agent: agent = '' }: NodeJS.ProcessEnv): string {
  if (agent.startsWith('pnpm/')) return `pnpm exec ${NAME}`;
  if (agent.startsWith('yarn/')) return `yarn ${NAME}`;
  if (agent.startsWith('bun/')) return `bunx ${NAME}`;
  return `npx ${shellWord(askedOfNpx(script) ?? NAME)}`;
}

/** A version or a tarball that somebody gave to npx, which keeps it beside what it installed. */
function askedOfNpx(script: string): string | undefined {
  const folder = folderOfPackages(script);
  if (folder === undefined) return undefined;
  try {
    const { _npx } = JSON.parse(readFileSync(join(dirname(folder), 'package.json'), 'utf8'));
    const asked: unknown = _npx?.packages?.[0];
    return typeof asked === 'string' && asked !== '' ? asked : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the name alone starts this program. A package manager puts a link there, or on Windows a script. */
function isOnPath(script: string, env: NodeJS.ProcessEnv): boolean {
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter((folder) => folder !== '');
  const own = realPath(script);
  return folders.some((folder) => {
    if (resolve(folder) === dirname(resolve(script)) && basename(script) === NAME) return true;
    if (realPath(join(folder, NAME)) === own && own !== undefined) return true;
    // npm's script on Windows lies beside node_modules
    return realPath(join(folder, `${NAME}.cmd`)) !== undefined && script.startsWith(join(folder, 'node_modules'));
  });
}

/** The outermost `node_modules` that the file lies in. */
function folderOfPackages(script: string): string | undefined {
  return /^.*?[\\/]node_modules(?=[\\/])/.exec(script)?.[0];
}

function realPath(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}

function shorter(file: string): string {
  const fromHere = relative(process.cwd(), file);
  return fromHere.startsWith('..') ? file : fromHere;
}
