import { ENVIRONMENT, type RangeResult } from '../../statemachine/contract';
import { type Mirror, past } from '../support/mirror';
import { MIB, putInParts } from '../support/put-in-parts';
import { LOCK_SCENARIOS } from './lock-scenarios';
import { createPair, encryption, expectSuccess, type Scenario, shortRounds } from './scenario';
import { SERVICE_SCENARIOS } from './service-scenarios';

const sizes = [5 * MIB, 5 * MIB, MIB];

/** Runs that together need every permission which a request of a Task can need; each says which it is there for. */
const SCENARIOS: readonly Scenario[] = [
  copyWithTags,
  copyInParts,
  copyManyParts,
  copyConditionally,
  compareByChecksum,
  goByEvidence,
  letOrphansWait,
  copyToBucketWithAcls,
  restoreArchived,
  goOnWithUpload,
  splitRanges,
  applyPlan,
  failAfterUpload,
  reportFailures,
  retryFailures,
  mirrorSomeKeys,
  undoRun,
  ...LOCK_SCENARIOS,
  ...SERVICE_SCENARIOS,
];

/** @returns what went wrong, in one sentence for each scenario */
export async function runScenarios(mirror: Mirror): Promise<string[]> {
  mirror.s3.createBucket('reports', { encryption });
  process.env[ENVIRONMENT.reportLocation] = 's3://reports';
  const problems: string[] = [];
  for (const scenario of SCENARIOS) {
    await scenario(mirror).catch((error: Error) => problems.push(`${scenario.name}: ${error.message}`));
    mirror.s3.onRequest = undefined;
    mirror.overlooksLock = true;
  }
  return problems;
}

/** GetObjectTagging and PutObjectTagging of CopyObject; DeleteObject, alone and with others; the report and the lock. */
async function copyWithTags(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  source.put('tagged', 'x', { lastModified: past, tags: [['team', 'blue']] });
  destination.put('orphan', 'x');
  destination.put('odd \u0001 orphan', 'x');
  expectSuccess(await mirror.run(input));
}

/** GetObjectTagging on its own, PutObjectTagging of CreateMultipartUpload, kms:Decrypt of the parts. */
async function copyInParts(mirror: Mirror): Promise<void> {
  const { source, input } = createPair(mirror);
  putInParts(source, 'large', sizes, { lastModified: past, tags: [['team', 'blue']] });
  expectSuccess(await mirror.run(input));
}

/** GetObjectAttributes: the parts of an object that has many, not all equal. Above 64 MiB their digests cost nothing. */
async function copyManyParts(mirror: Mirror): Promise<void> {
  const { source, input } = createPair(mirror);
  const parts = Array.from({ length: 110 }, (_, index) => (index === 30 ? 90 : 65) * MIB);
  putInParts(source, 'large', parts, { lastModified: past });
  expectSuccess(await mirror.run(input));
}

/** GetObject and PutObject of what was proved, and DeleteObject of what the run before had written. */
async function goByEvidence(mirror: Mirror): Promise<void> {
  const { source, input } = createPair(mirror);
  // with a key no copy has the ETag of its source
  source.put('encrypted', 'x', { lastModified: past, eTag: 'f'.repeat(32) });
  expectSuccess(await mirror.run(input));
  expectSuccess(await mirror.run(input));
}

/**
 * GetObject and PutObject of the dates, by a plan, by deletes without one and by a run that applies a plan, and DeleteObject of what the run
 * before had written.
 */
async function letOrphansWait(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  source.put('object', 'x', { lastModified: past });
  destination.put('orphan', 'x');
  // a run on this machine also tidies up at its beginning
  const executionId = 'arn:aws:states:us-east-1:111122223333:execution:BucketSync:grace';
  for (const plan of [true, false, true])
    expectSuccess(await mirror.run({ ...input, deleteAfter: '7d', plan }, { executionId }));
  const { runId } = await mirror.run({ ...input, deleteAfter: '7d', dryRun: true });
  expectSuccess(await mirror.run({ ...input, deleteAfter: '7d', apply: runId }, { executionId }));
}

/** GetObject at the destination, for If-Match: of CopyObject, and in DeleteObjects. */
async function copyConditionally(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  source.put('changed', 'new', { lastModified: past });
  destination.put('changed', 'former', { lastModified: past });
  destination.put('orphan', 'x');
  destination.put('odd \u0001 orphan', 'x');
  expectSuccess(await mirror.run({ ...input, conditional: true }));
}

/** GetObject at the destination, for HeadObject, with kms:Decrypt for its checksums. */
async function compareByChecksum(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  for (const bucket of [source, destination]) bucket.put('same', 'x', { lastModified: past });
  expectSuccess(await mirror.run({ ...input, compare: 'checksum' }));
}

/** PutObjectAcl. */
async function copyToBucketWithAcls(mirror: Mirror): Promise<void> {
  const { source, input } = createPair(mirror, 'ObjectWriter');
  source.put('object', 'x', { lastModified: past });
  expectSuccess(await mirror.run(input));
}

/** RestoreObject, and before it on a key that nobody has. */
async function restoreArchived(mirror: Mirror): Promise<void> {
  const { source, input } = createPair(mirror);
  source.put('archived', 'x', { lastModified: past, storageClass: 'GLACIER' });
  expectSuccess(await mirror.run({ ...input, archived: 'restore' }));
}

/** ListMultipartUploadParts: an upload that a round hands on to the next one. */
async function goOnWithUpload(mirror: Mirror): Promise<void> {
  const { source, input } = createPair(mirror);
  putInParts(source, 'large', [...Array<number>(29).fill(5 * MIB), MIB], { lastModified: past });
  expectSuccess(await mirror.run(input, shortRounds()));
}

/**
 * ListBucket of AdvanceCopy, on both sides for a plan, and AdvanceDelete: where to split what is left of a range. Both split what is
 * left of a plan where its parts end, for which they read its index in the report bucket.
 */
async function splitRanges(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  for (let index = 0; index < 60; index++) {
    for (const bucket of [source, destination]) bucket.put(`${index}`, 'x', { lastModified: past });
  }
  expectSuccess(await mirror.run({ ...input, plan: false }, { ...shortRounds(), pageSize: 5 }));
  for (let index = 0; index < 60; index++) {
    source.put(`new/${index}`, 'x', { lastModified: past });
    destination.put(`orphan/${index}`, 'x', { lastModified: past });
  }
  expectSuccess(await mirror.run({ ...input, maxDeletes: 60 }, { ...shortRounds(), pageSize: 5 }));
}

/** GetObject on both sides: the versions that somebody has reviewed. GetObject on the reports, of both Advance Tasks: how a plan is cut. */
async function applyPlan(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  for (let index = 0; index < 60; index++) {
    source.put(`copied-${index}`, 'x', { lastModified: past });
    destination.put(`orphan-${index}`, 'x', { lastModified: past });
  }
  const { runId } = await mirror.run({ ...input, dryRun: true });
  expectSuccess(await mirror.run({ ...input, apply: runId }, { ...shortRounds(), pageSize: 5 }));
}

/** AbortMultipartUpload of CopyRange, where a part fails, and of AdvanceCopy, where the range does after its upload was handed on. */
async function failAfterUpload(mirror: Mirror): Promise<void> {
  const partFails = createPair(mirror);
  putInParts(partFails.source, 'large', sizes, { lastModified: past });
  mirror.s3.onRequest = ({ operation, query }) =>
    operation === 'UploadPartCopy' && query.get('partNumber') === '2'
      ? { status: 400, code: 'InvalidRequest' }
      : undefined;
  await mirror.run(partFails.input);
  mirror.s3.onRequest = undefined;

  const rangeFails = createPair(mirror);
  putInParts(rangeFails.source, 'large', [...Array<number>(29).fill(5 * MIB), MIB], { lastModified: past });
  let handedOn = false;
  await mirror.run(rangeFails.input, {
    ...shortRounds(),
    around: async (task, _input, invoke) => {
      if (task === 'CopyRange' && handedOn) throw Object.assign(new Error('no more'), { name: 'ListingError' });
      const result = (await invoke()) as Partial<RangeResult>;
      handedOn ||= task === 'CopyRange' && result.uploads !== undefined;
      return result;
    },
  });
}

/** ListBucket and GetObject on the reports: FinishRun names the keys that failed. */
async function reportFailures(mirror: Mirror): Promise<void> {
  const { source, input } = createPair(mirror);
  source.put('archived', 'x', { lastModified: past, storageClass: 'GLACIER' });
  await mirror.run(input);
}

/** ListBucket and GetObject on the reports: what a retry is about. */
async function retryFailures(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  source.put('copied', 'x', { lastModified: past });
  destination.put('orphan', 'x', { lastModified: past });
  mirror.s3.onRequest = ({ operation }) =>
    operation === 'CopyObject' || operation === 'DeleteObjects' ? { status: 409, code: 'OperationAborted' } : undefined;
  const { runId } = await mirror.run(input);
  mirror.s3.onRequest = undefined;
  expectSuccess(await mirror.run({ ...input, retry: runId }));
}

/** GetObject on a list beside the reports, and PutObject on what ValidateInput keeps of it. */
async function mirrorSomeKeys(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  source.put('copied', 'x', { lastModified: past });
  destination.put('orphan', 'x', { lastModified: past });
  mirror.s3.bucket('reports').put('keys/list.jsonl', '"copied"\n"orphan"\n', { encryption });
  expectSuccess(await mirror.run({ ...input, keys: 's3://reports/keys/list.jsonl' }));
}

/** ListBucketVersions, GetObjectVersion, GetObjectVersionTagging and GetObjectVersionAttributes: former versions, also in parts. */
async function undoRun(mirror: Mirror): Promise<void> {
  const { source, destination, input } = mirror.createPair({
    source: { encryption },
    destination: { encryption, versioning: 'Enabled' },
  });
  const parts = Array.from({ length: 110 }, (_, index) => (index === 30 ? 90 : 65) * MIB);
  putInParts(destination, 'large', parts, { tags: [['team', 'blue']] });
  destination.put('tagged', 'before', { tags: [['team', 'blue']] });
  destination.put('orphan', 'x');
  for (const key of ['large', 'tagged', 'new']) source.put(key, 'after', { lastModified: past });
  const { runId, ...run } = await mirror.run(input);
  expectSuccess({ runId, ...run });
  const rule =
    '<Filter></Filter><Status>Enabled</Status><NoncurrentVersionExpiration><NoncurrentDays>30</NoncurrentDays></NoncurrentVersionExpiration>';
  destination.lifecycle = `<Rule>${rule}</Rule>`;
  const plan = await mirror.run({ ...input, undo: runId, dryRun: true });
  if (!plan.undoableUntil) throw new Error('Expected a plan that says until when, got none');
  expectSuccess(await mirror.run({ ...input, undo: runId }));
}
