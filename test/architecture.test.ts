import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';

const ROOT = join(__dirname, '..');

/** Any package; Node's own modules are always allowed. */
const PACKAGES = /^/;
const PURE_PACKAGES = /^(mustache|p-queue)$/;
const AWS_SDK = /^@(aws-sdk|smithy)\//;

interface Rule {
  /** Folders that may be imported, and packages by pattern. A folder may always import from itself. */
  readonly imports: readonly (string | RegExp)[];
  /** The same for `import type`, in addition. */
  readonly types?: readonly (string | RegExp)[];
  /** Text that must not occur. */
  readonly forbids?: RegExp;
}

/** Who may import whom; of two folders that fit, the first one holds. */
const RULES: Readonly<Record<string, Rule>> = {
  'bin/app.ts': { imports: ['lib/', /^aws-cdk-lib$/] },
  'bin/bucketsync.ts': { imports: ['cli/', 'bin/old-node'] },
  'bin/old-node.ts': { imports: [] },
  'lib/': { imports: ['statemachine/', /^aws-cdk-lib(\/|$)/, /^(constructs|zod)$/] },
  'statemachine/': { imports: [/^(zod|fastest-levenshtein|pretty-bytes|pretty-ms)$/] },
  'lambdas/handlers/': { imports: ['lambdas/engine/', 'lambdas/aws/', 'statemachine/'], types: [/^aws-lambda$/] },
  'lambdas/engine/': { imports: ['statemachine/', PURE_PACKAGES], forbids: /\bprocess\.env\b|\bconsole\b/ },
  'lambdas/aws/': {
    imports: ['lambdas/engine/', 'statemachine/', AWS_SDK, /^(undici|p-queue)(\/|$)/],
    types: [/^aws-lambda$/],
  },
  'local/s3/': { imports: [PACKAGES] },
  'local/': { imports: ['lambdas/', 'statemachine/', PACKAGES] },
  'prove/stack/': { imports: ['lib/', /^aws-cdk-lib(\/|$)/, /^constructs$/] },
  'prove/': { imports: ['lambdas/aws/', 'lambdas/engine/', 'statemachine/', PACKAGES] },
  'cli/': { imports: ['local/', 'prove/', 'statemachine/', 'package.json', PACKAGES] },
  'scripts/': { imports: ['lib/', 'statemachine/', PACKAGES] },
  // what a run is held against must not come from what it is made of
  'test/model/reference/': { imports: [] },
  'bench/': { imports: ['cli/', 'local/', 'lambdas/', 'statemachine/', 'package.json', PACKAGES] },
};

interface Import {
  readonly line: number;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

describe('the import lines', () => {
  const files = Object.keys(RULES).flatMap((place) =>
    globSync(place.endsWith('/') ? `${place}**/*.ts` : place, { cwd: ROOT }),
  );

  it.each(Object.keys(RULES))('of %s keep to its rule', (place) => {
    const own = files.filter((file) => findRule(file)?.[0] === place);

    expect(own.flatMap((file) => findViolations(file, readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
  });
});

describe('the rules', () => {
  it.each([
    ['lib/a.ts', `import { handler } from '../lambdas/handlers/copy-range';`],
    ['lib/a.ts', `import type { KeyRange } from '../lambdas/engine/walk';`],
    ['lambdas/engine/a.ts', `import { S3Client } from '@aws-sdk/client-s3';`],
    ['lambdas/engine/a.ts', `import type { S3Client } from '@aws-sdk/client-s3';`],
    ['lambdas/engine/a.ts', `import type { Stack } from 'aws-cdk-lib';`],
    ['lambdas/engine/a.ts', `import { store } from '../aws/store';`],
    ['lambdas/engine/a.ts', `const verbose = process.env.VERBOSE;`],
    ['lambdas/engine/a.ts', `console.log('page');`],
    ['lambdas/handlers/a.ts', `import { S3Client } from '@aws-sdk/client-s3';`],
    ['local/s3/a.ts', `import { compareKeys } from '../../lambdas/engine/compare-keys';`],
    ['statemachine/a.ts', `import { App } from 'aws-cdk-lib';`],
    ['statemachine/a.ts', `export * from '../lib/bucket-sync';`],
    ['cli/a.ts', `import { copyRange } from '../lambdas/engine/copy-range';`],
    ['cli/a.ts', `const engine = await import('../lambdas/engine/walk');`],
    ['cli/a.ts', `import {\n  copyRange,\n} from '../lambdas/engine/copy-range';`],
    ['test/model/reference/a.ts', `import { compareKeys } from '../../../lambdas/engine/compare-keys';`],
    ['test/model/reference/a.ts', `import { allowedDeletes } from '../../../statemachine/contract';`],
    ['bin/bucketsync.ts', `import { BucketSync } from '../lib/bucket-sync';`],
  ])('refuse in %s: %s', (file, text) => {
    expect(findViolations(file, text)).toHaveLength(1);
  });

  it.each([
    ['lib/a.ts', `import * as s3 from 'aws-cdk-lib/aws-s3';`],
    ['lib/a.ts', `import { ENVIRONMENT } from '../statemachine/contract';`],
    ['lambdas/engine/a.ts', `import { setTimeout } from 'node:timers/promises';`],
    ['lambdas/engine/a.ts', `import type { KeyRange } from '../../statemachine/contract';`],
    ['lambdas/engine/a.ts', `// never to the console, never from process.env`],
    ['local/s3/a.ts', `import { compareKeys } from './ordered-index';`],
    ['local/a.ts', `import { handler } from '../lambdas/handlers/copy-range';`],
  ])('allow in %s: %s', (file, text) => {
    expect(findViolations(file, text)).toEqual([]);
  });

  it('name the file, the line and what is wrong', () => {
    expect(findViolations('lib/a.ts', `import 'constructs';\n\nimport '../cli/main';`)).toEqual([
      'lib/a.ts:3 must not import cli/main',
    ]);
  });
});

/** @returns one line for each wrong arrow: file, line and what is wrong */
function findViolations(file: string, text: string): string[] {
  const [place, rule] = findRule(file) ?? [];
  if (place === undefined || rule === undefined) return [`${file} is in no folder that has a rule`];
  const code = blankComments(text);
  const wrongImports = listImports(code).flatMap(({ line, specifier, typeOnly }) => {
    const allowed = [place, ...rule.imports, ...(typeOnly ? (rule.types ?? []) : [])];
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : specifier;
    const fits = isBuiltin(target) || allowed.some((arrow) => isAllowed(specifier, target, arrow));
    return fits ? [] : [`${file}:${line} must not import ${target}`];
  });
  const wrongText = code
    .split('\n')
    .flatMap((line, index) => (rule.forbids?.test(line) ? [`${file}:${index + 1} must not use ${line.trim()}`] : []));
  return [...wrongImports, ...wrongText];
}

function findRule(file: string): [string, Rule] | undefined {
  return Object.entries(RULES).find(([place]) => file === place || (place.endsWith('/') && file.startsWith(place)));
}

/** A folder is allowed by its path in the repository, a package by a pattern. */
function isAllowed(specifier: string, target: string, arrow: string | RegExp): boolean {
  if (specifier.startsWith('.')) return typeof arrow === 'string' && target.startsWith(arrow);
  return typeof arrow !== 'string' && arrow.test(target);
}

/** Every `import`, `export … from`, `import(…)` and `require(…)`, whether on one line or on several. */
function listImports(code: string): Import[] {
  const statement =
    /^\s*(?:import|export)\s+(type\s)?(?:(?:(?!\b(?:import|export)\b)[^'";])*\bfrom\s*)?['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]/gm;
  return [...code.matchAll(statement)].map(([found, type, stated, called], index, all) => ({
    line: code.slice(0, (all[index]?.index ?? 0) + found.length).split('\n').length,
    specifier: stated ?? called ?? '',
    typeOnly: type !== undefined,
  }));
}

/** Comments may name what the code must not use; the lines stay where they are. */
function blankComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' ')).replace(/^\s*\/\/.*$/gm, '');
}
