import { readFileSync } from 'node:fs';
import type { Node } from 'constructs';
import { InvalidInputError } from '../statemachine/errors';
import { describeUnknownField, formatValue } from '../statemachine/input/describe-issues';
import { parseIfJson, parseJson } from '../statemachine/input/parse-json';
import { nameSettings } from './context-keys';
import { type MirrorSettings, parseMirrorSettings, SETTINGS } from './mirror-settings';

/** What the CDK app creates. */
export type SyncContext =
  | {
      readonly demo: true;
      /** Name of the stack. */
      readonly name?: string;
    }
  | {
      readonly demo: false;
      readonly mirrors: readonly MirrorSettings[];
      /** Whether mirrors without a report bucket share one. */
      readonly shareReports: boolean;
    };

/** The message is enough for the user. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

/** Keys of the context that are not settings of a mirror. */
const OWN_KEYS = ['config', 'demo'];

const HOW_TO_GIVE =
  'Set values with -c KEY=VALUE or under "context" in cdk.json, and several mirrors with -c config=mirrors.json. ' +
  '-c demo=true deploys its own buckets.';

/** The CDK app cannot see which command it runs for, and stacks may be destroyed as they were deployed. */
const HOW_TO_DESTROY =
  'To destroy what was last deployed from this folder, without its settings: npx cdk destroy --app cdk.out';

/**
 * Reads `-c key=value`, `context` in `cdk.json`, or the file in `-c config=`.
 *
 * @throws ContextError  names the key, its value and the expected value
 */
export function readSyncContext(node: Node): SyncContext {
  const given = readSettings(node.getAllContext());
  const { config, demo, ...settings } = Object.fromEntries(given);
  if (readFlag('demo', demo)) {
    refuseBeside('demo', given, ['name']);
    return settings.name === undefined ? { demo: true } : { demo: true, name: parseName(settings.name) };
  }
  if (config !== undefined) {
    refuseBeside('config', given);
    return { demo: false, mirrors: readConfigFile(config), shareReports: true };
  }
  if (given.length === 0)
    throw new ContextError(
      `Expected \`source\` and \`destination\`, got no setting.\n${HOW_TO_GIVE}\n${HOW_TO_DESTROY}`,
    );
  return { demo: false, mirrors: [parse(fromCommandLine(settings))], shareReports: false };
}

function readSettings(context: Readonly<Record<string, unknown>>): [string, unknown][] {
  try {
    return nameSettings(context, [...OWN_KEYS, ...Object.keys(SETTINGS)]);
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

function readFlag(key: string, value: unknown): boolean {
  if (value === undefined || value === 'false' || value === false) return false;
  if (value === 'true' || value === true) return true;
  throw wrong(`Expected \`${key}\` to be true or false, got ${formatValue(value)}`);
}

/** Settings beside this key would have no effect. */
function refuseBeside(key: string, given: readonly [string, unknown][], fine: readonly string[] = []): void {
  const beside = given.find(([other]) => other !== key && other !== 'demo' && !fine.includes(other));
  if (beside) throw wrong(`Expected no setting beside \`${key}\`, got \`${beside[0]}\``);
}

function parseName(name: unknown): string {
  const parsed = SETTINGS.name?.safeParse(name);
  if (parsed?.success) return String(name);
  throw wrong(`Expected \`name\` to be the name of a stack, got ${formatValue(name)}`);
}

/** `{ "mirrors": [ { "name": …, "source": …, "destination": … }, … ] }` */
function readConfigFile(path: unknown): MirrorSettings[] {
  const { mirrors, ...rest } = readJson(String(path));
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw wrong(`${path}: ${describeUnknownField(unknown, ['mirrors'])}`);
  if (!Array.isArray(mirrors) || mirrors.length === 0) {
    throw wrong(`${path}: Expected \`mirrors\` to be a list of one mirror or more, got ${formatValue(mirrors)}`);
  }
  const parsed = mirrors.map((mirror, index) => parse(mirror, `${path}, mirrors[${index}]: `));
  const twice = parsed.find(({ name }, index) => parsed.findIndex((other) => other.name === name) !== index);
  if (twice) throw wrong(`${path}: Expected each \`name\` once, got "${twice.name}" twice`);
  return parsed;
}

function readJson(path: string): Record<string, unknown> {
  try {
    const content = parseJson(readFileSync(path, 'utf8'));
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return { ...content };
    throw new TypeError(`Expected a JSON object, got ${formatValue(content)}`);
  } catch (error) {
    throw wrong(`Could not read \`config\` ${path}: ${error instanceof Error ? error.message : error}`);
  }
}

function parse(settings: unknown, where = ''): MirrorSettings {
  try {
    return parseMirrorSettings(settings);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw wrong(`${where}${error.message}`);
  }
}

/** On the command line everything is text. `true`, `5` and `a,b` are converted to the type of the setting. */
function fromCommandLine(settings: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key, typeof value === 'string' ? readText(key, value) : value]),
  );
}

function readText(key: string, text: string): unknown {
  const schema = SETTINGS[key];
  const list = splitList(text);
  // an id alone is enough for a distribution
  const meanings = [text, parseIfJson(text), list, { distribution: text }].filter((meaning) => meaning !== undefined);
  const fits = (meaning: unknown) => schema?.safeParse(meaning).success;
  const hasType = (meaning: unknown) => schema?.safeParse(meaning).error?.issues[0]?.code !== 'invalid_type';
  const meaning = meanings.find(fits) ?? meanings.find(hasType) ?? text;
  if (meaning === list) refuseQuotes(key, list);
  return meaning;
}

/** Quotes remain from a malformed JSON list, or from a shell that did not remove them. No key has them. */
function refuseQuotes(key: string, items: readonly string[]): void {
  const quoted = items.find((item) => /^\[?["'`]|["'`]\]?$/.test(item));
  if (quoted === undefined) return;
  throw wrong(
    `Expected \`${key}\` to be a list like a,b or a JSON list like ["a","b"], without other quotes, got ${formatValue(quoted)}`,
  );
}

/** Splits a text at its commas, except those in the braces of a glob. Removes blanks around an item. */
function splitList(text: string): string[] {
  const items: string[] = [];
  let item = '';
  let depth = 0;
  for (const [piece] of text.matchAll(/\\?./gs)) {
    if (piece === ',' && depth === 0) {
      items.push(item.trim());
      item = '';
      continue;
    }
    item += piece;
    if (piece === '{') depth += 1;
    if (piece === '}') depth = Math.max(0, depth - 1);
  }
  return [...items, item.trim()];
}

function wrong(message: string): ContextError {
  return new ContextError(`Wrong context: ${message}.\n${HOW_TO_GIVE}`);
}
