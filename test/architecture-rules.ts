/** Any package; Node's own modules are always allowed. */
const PACKAGES = /^/;
const AWS_SDK = /^@(aws-sdk|smithy)\//;

export interface Rule {
  /** Folders that may be imported, and packages by pattern. A folder may always import from itself. */
  readonly imports: readonly (string | RegExp)[];
  /** The same for `import type`, in addition. */
  readonly types?: readonly (string | RegExp)[];
  /** Text that must not occur. */
  readonly forbids?: RegExp;
}

/** @param rooms  of the engine that it may import from @param types  rooms of which it may import types */
function engineRoom(
  rooms: readonly string[] = [],
  packages: readonly string[] = [],
  types: readonly string[] = [],
): Rule {
  const paths = (names: readonly string[]) => names.map((name) => `lambdas/engine/${name}/`);
  return {
    imports: ['statemachine/', 'wording/', ...paths(rooms), ...packages.map((name) => new RegExp(`^${name}$`))],
    types: paths(types),
    forbids: /\bprocess\.env\b|\bconsole\b/,
  };
}

/**
 * Who may import whom. The rooms stand in order: each one imports only from rooms above it, so there is no circle.
 * If a file fits several places, the longest one holds.
 */
export const RULES: Readonly<Record<string, Rule>> = {
  // Words that everybody shares. They know nothing.
  'statemachine/partition.ts': { imports: [] },
  'statemachine/errors.ts': { imports: [] },
  'wording/s3-url.ts': { imports: ['statemachine/errors'] },
  'statemachine/lacks.ts': { imports: [] },
  'statemachine/printable.ts': { imports: [] },
  'statemachine/reserved-folder.ts': { imports: [] },
  'statemachine/budgets.ts': { imports: [] },
  'statemachine/aws-endpoint.ts': { imports: ['statemachine/partition'] },
  'statemachine/input/': {
    imports: [
      ...['aws-endpoint', 'budgets', 'errors', 'partition', 'printable', 'reserved-folder'].map(
        (word) => `statemachine/${word}`,
      ),
      'wording/s3-url',
      /^(zod|fastest-levenshtein)$/,
    ],
  },
  'statemachine/events/': { imports: [/^zod$/] },
  'statemachine/contract/': { imports: [], types: ['statemachine/input/', 'statemachine/lacks'] },
  'statemachine/': { imports: ['statemachine/contract/'], types: ['statemachine/input/'] },
  'permissions/': { imports: ['statemachine/'] },
  'wording/': { imports: ['statemachine/', 'wording/s3-url', /^(pretty-bytes|pretty-ms)$/] },

  // What is deployed.
  'lib/': { imports: ['permissions/', 'statemachine/', 'wording/', /^aws-cdk-lib(\/|$)/, /^(constructs|zod)$/] },
  'bin/app.ts': { imports: ['lib/', /^aws-cdk-lib$/] },

  // The engine, from the room that knows nothing to the room that knows all.
  'lambdas/engine/ports/': engineRoom(),
  'lambdas/engine/concurrency/': engineRoom([], ['p-queue']),
  'lambdas/engine/keys/': engineRoom([], [], ['ports']),
  'lambdas/engine/compare/': engineRoom([], [], ['ports']),
  'lambdas/engine/cost/': engineRoom([], [], ['ports']),
  'lambdas/engine/run/': engineRoom(['keys', 'ports']),
  'lambdas/engine/listing/': engineRoom(['keys', 'ports']),
  'lambdas/engine/split/': engineRoom(['concurrency', 'keys', 'listing'], [], ['ports']),
  'lambdas/engine/walk/': engineRoom(['keys', 'listing', 'ports', 'split'], ['p-queue']),
  'lambdas/engine/phases/': engineRoom(['split']),
  'lambdas/engine/guards/': engineRoom(['cost', 'keys'], [], ['ports']),
  'lambdas/engine/remembered/': engineRoom(['keys'], [], ['ports']),
  'lambdas/engine/evidence/': engineRoom(['compare', 'keys', 'phases', 'ports', 'remembered']),
  'lambdas/engine/waymarks/': engineRoom(['evidence', 'keys', 'ports', 'remembered'], ['zod'], ['walk']),
  'lambdas/engine/grace/': engineRoom(['keys', 'phases', 'ports', 'remembered'], ['zod']),
  'lambdas/engine/report/': engineRoom(['keys', 'ports']),
  'lambdas/engine/page/': {
    ...engineRoom(['report'], ['d3-scale', 'd3-shape', 'mustache']),
    imports: ['package.json', ...engineRoom(['report'], ['d3-scale', 'd3-shape', 'mustache']).imports],
  },
  'lambdas/engine/wanted/': engineRoom(['keys', 'ports', 'report']),
  'lambdas/engine/kept-plan/': engineRoom(['concurrency', 'keys', 'listing', 'ports', 'report'], ['zod']),
  'lambdas/engine/server/': engineRoom(['ports']),
  'lambdas/engine/uploads/': engineRoom(['keys', 'ports']),
  'lambdas/engine/lock/': engineRoom(['ports', 'run']),
  'lambdas/engine/permissions/': engineRoom(['compare', 'keys', 'listing', 'ports']),
  'lambdas/engine/range/': engineRoom(
    [
      ...['concurrency', 'cost', 'keys', 'listing', 'lock', 'phases', 'report', 'run', 'server', 'split', 'uploads'],
      ...['walk', 'wanted', 'waymarks'],
    ],
    ['p-queue'],
    ['ports'],
  ),
  'lambdas/engine/copy/': engineRoom(
    ['compare', 'concurrency', 'kept-plan', 'listing', 'ports', 'report', 'run'],
    [],
    ['cost', 'evidence', 'range', 'uploads', 'walk'],
  ),
  'lambdas/engine/delete/': engineRoom(
    ['compare', 'keys', 'listing', 'ports', 'report', 'run', 'walk'],
    ['p-queue'],
    ['concurrency', 'cost', 'grace', 'range'],
  ),
  'lambdas/engine/plan/': engineRoom(
    ['kept-plan', 'ports', 'report', 'walk'],
    [],
    ['copy', 'delete', 'grace', 'range'],
  ),
  'lambdas/engine/undo/': engineRoom(
    ['compare', 'keys', 'listing', 'kept-plan', 'ports', 'report', 'walk'],
    ['p-queue', 'zod'],
    ['concurrency', 'range'],
  ),
  'lambdas/engine/announce/': engineRoom(['ports', 'server']),
  'lambdas/engine/invalidation/': engineRoom(['keys', 'kept-plan', 'report', 'run'], [], ['ports']),
  'lambdas/engine/tasks/': engineRoom([
    ...[
      'announce',
      'invalidation',
      'ports',
      'keys',
      'cost',
      'run',
      'listing',
      'split',
      'walk',
      'evidence',
      'grace',
      'report',
      'page',
      'server',
      'uploads',
      'lock',
    ],
    ...[
      'permissions',
      'phases',
      'guards',
      'wanted',
      'range',
      'copy',
      'delete',
      'kept-plan',
      'plan',
      'undo',
      'waymarks',
    ],
  ]),

  // S3, as the engine's ports describe it.
  'lambdas/s3/network/': { imports: ['lambdas/engine/ports/', AWS_SDK, /^undici(\/|$)/] },
  'lambdas/s3/errors/': { imports: ['lambdas/engine/ports/', AWS_SDK] },
  'lambdas/s3/credentials/': {
    imports: ['lambdas/engine/ports/', ...s3Rooms('network', 'errors'), 'statemachine/', AWS_SDK],
  },
  'lambdas/s3/client/': {
    imports: ['lambdas/engine/ports/', ...s3Rooms('network', 'errors', 'credentials'), 'statemachine/', AWS_SDK],
  },
  'lambdas/s3/answers/': { imports: ['lambdas/engine/ports/', 'statemachine/', 'wording/s3-url'], types: [AWS_SDK] },
  'lambdas/s3/buckets/': {
    imports: [
      ...['lambdas/engine/ports/', 'lambdas/engine/server/', 'lambdas/engine/compare/'],
      ...s3Rooms('network', 'errors', 'credentials', 'client', 'answers'),
      ...['statemachine/', 'wording/s3-url'],
      AWS_SDK,
      /^p-queue$/,
    ],
  },
  'lambdas/s3/streamed/': {
    imports: [
      ...['lambdas/engine/ports/', 'lambdas/engine/server/', 'lambdas/engine/compare/'],
      ...s3Rooms('network', 'errors', 'client', 'answers', 'buckets'),
      'statemachine/',
      AWS_SDK,
      /^p-queue$/,
    ],
  },

  // The machine that a Task runs on.
  'lambdas/host/run-store/': {
    imports: [
      ...[
        'lambdas/engine/ports/',
        'lambdas/engine/listing/',
        ...s3Rooms('errors', 'credentials', 'client'),
        'statemachine/',
        'wording/s3-url',
      ],
      AWS_SDK,
    ],
  },
  'lambdas/host/lock-store/': {
    imports: [
      ...['lambdas/engine/ports/', 'lambdas/engine/permissions/'],
      ...s3Rooms('network', 'errors', 'credentials', 'client'),
      ...['statemachine/', 'wording/s3-url'],
      AWS_SDK,
    ],
  },
  'lambdas/host/log/': {
    imports: ['lambdas/engine/ports/', 'statemachine/', 'wording/name-mirror'],
  },
  'lambdas/host/announcer/': {
    imports: ['lambdas/engine/ports/', ...s3Rooms('network', 'credentials'), 'statemachine/', AWS_SDK],
  },
  'lambdas/host/invalidator/': {
    imports: ['lambdas/engine/ports/', ...s3Rooms('network', 'credentials'), 'statemachine/', AWS_SDK],
  },
  'lambdas/host/': {
    imports: [
      ...['lambdas/engine/ports/', 'lambdas/engine/permissions/'],
      ...s3Rooms('network', 'errors', 'credentials', 'client', 'buckets', 'streamed'),
      ...['announcer', 'invalidator', 'log', 'lock-store', 'run-store'].map((room) => `lambdas/host/${room}/`),
      ...['statemachine/', 'wording/s3-url'],
      AWS_SDK,
    ],
    types: [/^aws-lambda$/],
  },
  'lambdas/handlers/': {
    imports: ['lambdas/engine/tasks/', 'lambdas/host/', 'statemachine/'],
    types: [/^aws-lambda$/],
  },

  // This machine.
  'local/s3/': { imports: [PACKAGES] },
  'local/': {
    imports: [
      ...['cost', 'lock', 'ports', 'report', 'tasks'].map((room) => `lambdas/engine/${room}/`),
      ...['lambdas/handlers/', 'lambdas/host/', ...s3Rooms('credentials', 'network')],
      ...['local/s3/', 'statemachine/', 'wording/'],
      PACKAGES,
    ],
  },
  'local/doctor/': {
    imports: [
      ...['cost', 'lock', 'ports', 'report'].map((room) => `lambdas/engine/${room}/`),
      ...['lambdas/host/', ...s3Rooms('network', 'errors', 'credentials', 'client')],
      ...['permissions/', 'statemachine/', 'wording/'],
      AWS_SDK,
    ],
    types: ['lambdas/engine/invalidation/'],
  },
  'local/demo/': { imports: ['local/', 'lambdas/', 'statemachine/', 'wording/', PACKAGES] },
  'prove/stack/': { imports: ['lib/', /^aws-cdk-lib(\/|$)/, /^constructs$/] },
  'prove/': {
    imports: ['lambdas/host/', 'lambdas/s3/', 'lambdas/engine/', 'permissions/', 'statemachine/', 'wording/', PACKAGES],
  },

  // What people type and read.
  'cli/output/': { imports: ['local/demo/', 'statemachine/', 'wording/', PACKAGES], types: ['prove/', 'local/'] },
  'cli/output/progress/': { imports: ['cli/output/', 'wording/', PACKAGES], types: ['local/', 'statemachine/'] },
  'cli/help/': { imports: ['cli/output/', 'wording/', PACKAGES] },
  'cli/input/': { imports: ['local/', 'cli/help/', 'cli/output/', 'statemachine/', 'wording/', PACKAGES] },
  'cli/deployed/': {
    imports: ['local/', 'cli/input/', 'statemachine/', 'wording/', PACKAGES],
    types: ['cli/output/'],
  },
  'cli/commands/': {
    imports: [
      ...['cli/input/', 'cli/output/', 'cli/deployed/', 'local/', 'prove/', 'permissions/'],
      ...['statemachine/', 'wording/', 'package.json'],
      PACKAGES,
    ],
  },
  'cli/': {
    imports: [
      ...[
        'cli/commands/',
        'cli/help/',
        'cli/input/',
        'cli/output/',
        'cli/deployed/',
        'local/',
        'prove/',
        'permissions/',
      ],
      ...['statemachine/', 'wording/', 'package.json'],
      PACKAGES,
    ],
  },
  'bin/old-node.ts': { imports: [] },
  'bin/bucketsync.ts': { imports: ['cli/', 'bin/old-node'] },

  // Beside the product.
  'scripts/': { imports: ['cli/', 'package.json', 'lib/', 'permissions/', 'statemachine/', PACKAGES] },
  'bench/': { imports: ['cli/', 'local/', 'lambdas/', 'statemachine/', 'wording/', 'package.json', PACKAGES] },
  // The model foretells a run, so it must not share code with what runs.
  'test/model/reference/': { imports: [] },
};

function s3Rooms(...names: readonly string[]): string[] {
  return names.map((name) => `lambdas/s3/${name}/`);
}
