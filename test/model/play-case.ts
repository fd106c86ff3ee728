import type { Bucket, ObjectVersion } from '../../local/s3';
import type { RunSummary, SyncRequest } from '../../statemachine/contract';
import type { AnyMirror } from '../support/any-mirror';
import { FAULTS } from '../support/fault-table';
import type { ModelCase } from './arbitrary-case';
import { type ObjectSpec, putObject } from './arbitrary-objects';
import { judgeRun } from './judge-run';
import type { Folder } from './reference/facts';
import { outcomeOf } from './reference/outcome';
import type { Request } from './reference/request';
import { snapshotOf, versionsOf } from './snapshot';

type Placed = ModelCase['objects'][number];

/** One case under way: two filled buckets and the request. */
interface Stage {
  readonly mirror: AnyMirror;
  readonly source: Bucket;
  readonly destination: Bucket;
  readonly request: Request;
  readonly input: SyncRequest;
  readonly conditions: ModelCase['conditions'];
  /** What a run has copied: by key the copy, and the ETag of its source. A later run knows that. */
  readonly copies: Map<string, { readonly copy: ObjectVersion | undefined; readonly eTag: string }>;
}

/** What the runs came to, for the counts that are printed. */
export interface Played {
  readonly violations: readonly string[];
  readonly endings: readonly string[];
}

/** Plays a case on the real state machine: up to two runs with something to do, each followed by one that has nothing. */
export async function playCase(mirror: AnyMirror, given: ModelCase): Promise<Played> {
  const stage = setUp(mirror, given);
  const endings: string[] = [];
  const violations = await playRun(stage, endings);
  // What a run has proved before it failed may be lost, so that only checksums tell the next one.
  const isKnown = endings[0] !== 'SyncIncompleteError' || !given.objects.some(hasNoChecksum);
  if (given.goesOn && isKnown && violations.length === 0) {
    for (const placed of given.objects) change(stage, placed);
    violations.push(...(await playRun(stage, endings)));
  }
  violations.push(...mirror.iam.denials.splice(0));
  for (const { name } of [stage.source, stage.destination]) mirror.s3.state.buckets.delete(name);
  return { violations, endings };
}

function hasNoChecksum({ source, destination, older }: Placed): boolean {
  const specs = [source, older, destination && 'layout' in destination ? destination : undefined];
  return specs.some((spec) => spec?.composite && spec.layout.parts);
}

/** Before the folder, behind it, and named almost like it. */
const OUTSIDE = ['0', 'zz'];

function setUp(mirror: AnyMirror, { buckets, objects, input: given, conditions, isEmptied }: ModelCase): Stage {
  const pair = mirror.createPair({
    source: optionsOf(buckets.source),
    destination: optionsOf(buckets.destination),
  });
  const { prefix, ...rest } = given;
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const request: Request = {
    ...rest,
    prefix: folder,
    destinationPrefix: given.destinationPrefix ?? folder,
    include: given.include ?? [],
    exclude: given.exclude ?? [],
    order: given.order ?? [],
    storageClasses: given.storageClasses ?? [],
    encrypts: buckets.destination.encrypts,
    pageSize: conditions.pageSize,
  };
  const dates = { newerThan: isoOf(given.newerThan), olderThan: isoOf(given.olderThan) };
  const input = Object.fromEntries(Object.entries({ ...given, ...dates }).filter(([, value]) => value !== undefined));
  const stage = { mirror, ...pair, request, input: { ...pair.input, ...input }, conditions, copies: new Map() };
  for (const placed of objects) {
    const isLeft = !isEmptied || placed.key.endsWith('/');
    place(stage, isLeft ? placed : { ...placed, source: undefined });
  }
  putOutside(pair.source, folder);
  putOutside(pair.destination, request.destinationPrefix);
  return stage;
}

function isoOf(second: number | undefined): string | undefined {
  return second === undefined ? undefined : new Date(second * 1000).toISOString();
}

function optionsOf({ versioned, encrypts }: ModelCase['buckets']['source']) {
  return {
    ...(versioned && { versioning: 'Enabled' as const }),
    ...(encrypts && { encryption: { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/k' } }),
  };
}

function putOutside(bucket: Bucket, folder: string): void {
  if (folder === '') return;
  for (const key of [...OUTSIDE, folder.slice(0, -1), `${folder.slice(0, -1)}-x`]) bucket.put(key, 'outside');
}

function place({ source, destination, request }: Stage, placed: Placed): void {
  const [there, here] = [`${request.prefix}${placed.key}`, `${request.destinationPrefix}${placed.key}`];
  if (there !== '' && placed.source) {
    if (source.versioning) putObject(source, there, placed.older);
    putObject(source, there, placed.source);
  }
  const counterpart = counterpartOf(placed);
  if (here !== '' && counterpart) putObject(destination, here, counterpart);
}

function counterpartOf({ source, older, destination }: Placed): ObjectSpec | undefined {
  if (destination === undefined || !('alike' in destination)) return destination;
  return { ...(source ?? older), second: destination.second };
}

function change({ source, destination, request }: Stage, { key, change, older }: Placed): void {
  const [there, here] = [`${request.prefix}${key}`, `${request.destinationPrefix}${key}`];
  if (there === '' || here === '') return;
  if (change?.what === 'put') putObject(source, there, change.object);
  if (change?.what === 'remove') source.remove(there);
  if (change?.what === 'remove there') destination.remove(here);
  if (change?.what === 'roll back') rollBack(source, there, older);
}

/** The version before is current again, with the date that it always had. */
function rollBack(source: Bucket, key: string, older: ObjectSpec): void {
  const current = source.get(key);
  if (!current) return;
  if (source.versioning) source.removeVersion(key, current.versionId);
  else putObject(source, key, older);
}

/** Of S3, where no case asks for smaller ones. */
const FULL_PAGE = 1000;

/** One run that the model foretells, and unless it wrote nothing on purpose, one that must do nothing. */
async function playRun(stage: Stage, endings: string[]): Promise<string[]> {
  const { mirror, source, destination, request, input } = stage;
  const before = { source: versionsOf(source), destination: versionsOf(destination) };
  const there = snapshotOf(source, request.prefix);
  const expected = outcomeOf(request, there, heldBy(stage));
  const { summary, repeated } = await run(stage);
  endings.push(summary.error?.name ?? (request.dryRun ? 'dry run' : 'succeeded'));
  const violations = judgeRun({ request, expected, summary, repeated, before, source, destination });
  if (violations.length > 0 || summary.error || request.dryRun) return violations;
  for (const key of expected.copied) {
    const copy = destination.get(`${request.destinationPrefix}${key}`);
    stage.copies.set(key, { copy, eTag: there.get(key)?.eTag ?? '' });
  }
  const asked = { ...request, verify: false, pageSize: FULL_PAGE };
  const again = outcomeOf(asked, snapshotOf(source, request.prefix), heldBy(stage));
  if (again.error !== undefined) return []; // the source was emptied on purpose, or by filters: the guard speaks up
  const second = await mirror.run({ ...input, verify: false }, {});
  if (second.status !== 'succeeded') return [`the second run failed: ${JSON.stringify(second.error)}`];
  const { copied, deleted } = second.totals;
  const [should, did] = [again, second].map(({ phases }) => phases.map(({ name }) => name).join());
  if (should !== did) return [`expected the phases ${should} of the second run, got ${did}`];
  const isDone = request.compare !== 'always' && request.compare !== 'etag';
  return copied + deleted > (isDone ? 0 : again.copied.length)
    ? [`the second run copied ${copied} and deleted ${deleted}`]
    : [];
}

/** The destination's folder, with what a run knows of it that S3 does not show. */
function heldBy({ destination, request, copies }: Stage): Folder {
  const held = snapshotOf(destination, request.destinationPrefix);
  return new Map(
    [...held].map(([key, facts]) => {
      const known = copies.get(key);
      const isUntouched = known?.copy === destination.get(`${request.destinationPrefix}${key}`);
      return [key, known && isUntouched ? { ...facts, copyOf: known.eTag } : facts];
    }),
  );
}

/** @returns the summary, and whether a Task was tried again: then what it had reported is there twice */
async function run({ mirror, input, conditions }: Stage): Promise<{ summary: RunSummary; repeated: boolean }> {
  const { pageSize, budgetMs, rangesAtOnce, faults } = conditions;
  let repeated = false;
  let requests = 0;
  mirror.s3.onRequest = ({ operation }) => {
    const fault = faults.find(({ at }) => at === requests);
    requests += 1;
    const rows = FAULTS.filter(({ on, transient, fault }) => transient && on.test(operation) && mirror.canMeet(fault));
    return fault && rows[fault.row % rows.length]?.fault;
  };
  try {
    const summary = await mirror.run(input, {
      pageSize,
      // growing, as in AWS: what takes several requests has to come to an end
      host: { roundBudgetsMs: [budgetMs, budgetMs, budgetMs, 60_000], rangesAtOnce },
      around: async (_task, _input, invoke) => {
        try {
          return await invoke();
        } catch (error) {
          repeated = true;
          throw error;
        }
      },
    });
    return { summary, repeated };
  } finally {
    mirror.s3.onRequest = undefined;
  }
}
