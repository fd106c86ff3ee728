import { existsSync, globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { RULES, type Rule } from './architecture-rules';
import { blankComments, listImports } from './support/import-lines';

const ROOT = join(__dirname, '..');
const PRODUCT = 'bin,bench,cli,lambdas,lib,local,permissions,prove,scripts,statemachine,wording';

describe('the import lines', () => {
  const files = [
    ...new Set(
      Object.keys(RULES).flatMap((place) => globSync(place.endsWith('/') ? `${place}**/*.ts` : place, { cwd: ROOT })),
    ),
  ];

  it.each(Object.keys(RULES))('of %s keep to its rule', (place) => {
    const own = files.filter((file) => findRule(file)?.[0] === place);

    expect(own.flatMap((file) => findViolations(file, readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
  });
});

it('the command line starts without the AWS SDK and the CDK: a command that needs them loads them itself', () => {
  const reached = new Set(['cli/main.ts']);
  const packages: string[] = [];
  // a set goes through what is added to it meanwhile
  for (const file of reached) {
    const imports = listImports(blankComments(readFileSync(join(ROOT, file), 'utf8')));
    for (const { specifier, typeOnly, isLate } of imports) {
      if (typeOnly || isLate) continue;
      const target = posix.join(posix.dirname(file), specifier);
      if (!specifier.startsWith('.')) packages.push(`${file} loads ${specifier}`);
      else if (existsSync(join(ROOT, `${target}.ts`))) reached.add(`${target}.ts`);
    }
  }

  expect(reached.size).toBeGreaterThan(10);
  expect(packages.filter((line) => / loads (@aws-sdk|@smithy\/(?!core\/)|aws-cdk-lib|constructs)/.test(line))).toEqual(
    [],
  );
});

it('no file imports itself, not even through other files', () => {
  const files = globSync(`{${PRODUCT},test,examples}/**/*.ts`, { cwd: ROOT });
  const known = new Set(files);
  const imports = new Map(files.map((file) => [file, targetsOf(file).filter((target) => known.has(target))]));
  const circles = files.filter((file) => {
    const reached = new Set(imports.get(file));
    // a set goes through what is added to it meanwhile
    for (const one of reached) for (const next of imports.get(one) ?? []) reached.add(next);
    return reached.has(file);
  });

  expect(imports.get('test/support/mirror.ts')).toContain('local/s3/index.ts');
  expect(circles).toEqual([]);
});

/** What a file may mean by its relative imports: a file, or the index of a folder. */
function targetsOf(file: string): string[] {
  return listImports(blankComments(readFileSync(join(ROOT, file), 'utf8'))).flatMap(({ specifier }) => {
    const target = posix.join(posix.dirname(file), specifier);
    return specifier.startsWith('.') ? [`${target}.ts`, `${target}/index.ts`] : [];
  });
}

it('only the Tasks see all parts of a range: every other room names the few that it requires', () => {
  const files = globSync('lambdas/engine/**/*.ts', { cwd: ROOT });
  const users = files.filter((file) => targetsOf(file).includes('lambdas/engine/range/range-task.ts'));

  expect(users.map((file) => posix.dirname(file))).toContain('lambdas/engine/tasks');
  expect(users.filter((file) => !/^lambdas\/engine\/(range|tasks)\//.test(file))).toEqual([]);
});

it('writes addresses of buckets and objects in one place', () => {
  const files = globSync(`{${PRODUCT}}/**/*.ts`, { cwd: ROOT });

  expect(files.length).toBeGreaterThan(500);
  expect(files.filter((file) => readFileSync(join(ROOT, file), 'utf8').includes(['s3:/', '${'].join('/')))).toEqual([
    'wording/s3-url.ts',
  ]);
});

it('gives no test a time limit of its own, because a busy machine may exceed it', () => {
  const files = globSync('test/**/*.ts', { cwd: ROOT });

  expect(files.length).toBeGreaterThan(500);
  const limit = /\bjest\.setTimeout\(\w|^\s*\}, [\d_]{4,}\);$/m;
  expect(files.filter((file) => limit.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
});

describe('the rules', () => {
  const places = Object.keys(RULES);

  it('let a room import only from rooms above it, so that no circle can be', () => {
    expect(places.flatMap((place, index) => arrowsOf(place).filter((arrow) => !leadsUp(arrow, place, index)))).toEqual(
      [],
    );
  });

  it('hold for every folder of the product', () => {
    const files = globSync(`{${PRODUCT}}/**/*.ts`, { cwd: ROOT });
    expect(files.filter((file) => findRule(file) === undefined)).toEqual([]);
  });

  function arrowsOf(place: string): string[] {
    const { imports = [], types = [] } = RULES[place] ?? {};
    return [...imports, ...types].filter((arrow) => typeof arrow === 'string');
  }

  /** An arrow may be a room, a folder of rooms such as `local/`, or one file of a room. */
  function leadsUp(arrow: string, place: string, index: number): boolean {
    const rooms = [
      ...places.filter((other) => other.startsWith(arrow)),
      ...(findRule(`${arrow}.ts`)?.slice(0, 1) ?? []),
    ];
    return rooms.every((room) => room === place || places.indexOf(room as string) < index);
  }

  it.each([
    ['lib/a.ts', `import { handler } from '../lambdas/handlers/copy-range';`],
    ['lib/a.ts', `import type { KeyRange } from '../lambdas/engine/walk/walk';`],
    ['lambdas/engine/walk/a.ts', `import { S3Client } from '@aws-sdk/client-s3';`],
    ['lambdas/engine/walk/a.ts', `import type { S3Client } from '@aws-sdk/client-s3';`],
    ['lambdas/engine/walk/a.ts', `import type { Stack } from 'aws-cdk-lib';`],
    ['lambdas/engine/keys/a.ts', `import { walkRanges } from '../walk/walk';`],
    ['lambdas/engine/compare/a.ts', `import { StoreError } from '../ports/store-error';`],
    ['lambdas/engine/walk/a.ts', `import { ObjectCopier } from '../copy/object-copier';`],
    ['lambdas/engine/range/a.ts', `import type { OrphanProof } from '../delete/orphan-proof';`],
    ['lambdas/engine/walk/a.ts', `import { S3Source } from '../../s3/buckets/s3-source';`],
    ['lambdas/s3/errors/a.ts', `import { S3Source } from '../buckets/s3-source';`],
    ['lambdas/engine/walk/a.ts', `const verbose = process.env.VERBOSE;`],
    ['lambdas/engine/walk/a.ts', `console.log('page');`],
    ['lambdas/handlers/a.ts', `import { S3Client } from '@aws-sdk/client-s3';`],
    ['local/s3/a.ts', `import { compareKeys } from '../../lambdas/engine/keys/compare-keys';`],
    ['statemachine/a.ts', `import { App } from 'aws-cdk-lib';`],
    ['statemachine/a.ts', `export * from '../lib/bucket-sync';`],
    ['wording/a.ts', `import { deployedSettings } from '../lib/sync-context';`],
    ['permissions/a.ts', `import { formatCount } from '../wording/numbers';`],
    ['statemachine/input/a.ts', `import { emptyCounters } from '../contract';`],
    ['lambdas/s3/client/a.ts', `import { S3Source } from '../buckets/s3-source';`],
    ['lambdas/host/run-store/a.ts', `import { lambdaHost } from '../lambda-host';`],
    ['local/a.ts', `import { seedDemo } from './demo/seed';`],
    ['cli/output/a.ts', `import { readRequest } from '../input/request';`],
    ['cli/input/a.ts', `import { mirror } from '../commands/mirror';`],
    ['cli/a.ts', `import { copyRange } from '../lambdas/engine/tasks/copy-range';`],
    ['cli/a.ts', `const engine = await import('../lambdas/engine/walk/walk');`],
    ['cli/a.ts', `import {\n  copyRange,\n} from '../lambdas/engine/tasks/copy-range';`],
    ['test/model/reference/a.ts', `import { compareKeys } from '../../../lambdas/engine/keys/compare-keys';`],
    ['test/model/reference/a.ts', `import { allowedDeletes } from '../../../statemachine/contract';`],
    ['bin/bucketsync.ts', `import { BucketSync } from '../lib/bucket-sync';`],
  ])('reject in %s: %s', (file, text) => {
    expect(findViolations(file, text)).toHaveLength(1);
  });

  it.each([
    ['lib/a.ts', `import * as s3 from 'aws-cdk-lib/aws-s3';`],
    ['lib/a.ts', `import { ENVIRONMENT } from '../statemachine/contract';`],
    ['lambdas/engine/walk/a.ts', `import { setTimeout } from 'node:timers/promises';`],
    ['lambdas/engine/walk/a.ts', `import type { KeyRange } from '../../../statemachine/contract';`],
    ['lambdas/engine/compare/a.ts', `import type { ListedObject } from '../ports/bucket-reader';`],
    ['lambdas/engine/walk/a.ts', `// never to the console, never from process.env`],
    ['local/s3/a.ts', `import { compareKeys } from './ordered-index';`],
    ['cli/commands/a.ts', `import { readRequest } from '../input/request';`],
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
    const allowed = [...rule.imports, ...(typeOnly ? (rule.types ?? []) : [])];
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : specifier;
    const isOwn = specifier.startsWith('.') && findRule(`${target}.ts`)?.[0] === place;
    const fits = isOwn || isBuiltin(target) || allowed.some((arrow) => isAllowed(specifier, target, arrow));
    return fits ? [] : [`${file}:${line} must not import ${target}`];
  });
  const wrongText = code
    .split('\n')
    .flatMap((line, index) => (rule.forbids?.test(line) ? [`${file}:${index + 1} must not use ${line.trim()}`] : []));
  return [...wrongImports, ...wrongText];
}

function findRule(file: string): [string, Rule] | undefined {
  return Object.entries(RULES)
    .filter(([place]) => file === place || (place.endsWith('/') && file.startsWith(place)))
    .sort(([a], [b]) => b.length - a.length)[0];
}

/** A folder is allowed by its path in the repository, a package by a pattern. */
function isAllowed(specifier: string, target: string, arrow: string | RegExp): boolean {
  if (specifier.startsWith('.')) return typeof arrow === 'string' && target.startsWith(arrow);
  return typeof arrow !== 'string' && arrow.test(target);
}

/** Every `import`, `export … from`, `import(…)` and `require(…)`, whether on one line or on several. */
