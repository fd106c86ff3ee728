import { createServer } from 'node:http';
import { openAnnouncer } from '../../lambdas/host/announcer/open-announcer';
import { openInvalidator } from '../../lambdas/host/invalidator/open-invalidator';
import type { Bucket } from '../../local/s3';
import { ENVIRONMENT, type RangeResult, type RunSummary, type SyncRequest } from '../../statemachine/contract';
import { EVENT_SOURCE } from '../../statemachine/events/announcements';
import { FakeCloudFront } from '../support/fake-cloudfront';
import { holdLock, LOCK_KEY, newHolder, putHolders } from '../support/lock-object';
import { endServer, listenOnLoopback } from '../support/loopback';
import { type Mirror, type MirrorOptions, past } from '../support/mirror';
import { MIB, putInParts } from '../support/put-in-parts';
import { BUS, DISTRIBUTION, TOPIC } from './role-permissions';

/** Of a customer, so that KMS asks for permission. */
const encryption = { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/customer' };
const sizes = [5 * MIB, 5 * MIB, MIB];

type Scenario = (mirror: Mirror) => Promise<void>;

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
  breakOffInAws,
  retryFailures,
  mirrorSomeKeys,
  takeLockOver,
  findLockTaken,
  findLockGone,
  loseLock,
  findNoConditions,
  lockBesideReports,
  tellOthers,
  tellCloudFront,
  undoRun,
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

/** PutObject on the lock: functions of the run may be at work yet, so FinishRun says in it that the run has ended. */
async function breakOffInAws(mirror: Mirror, more: Partial<SyncRequest> = {}): Promise<void> {
  const { input } = createPair(mirror);
  await mirror.run(
    { ...input, ...more },
    {
      host: { wait: async () => {} },
      around: (task, taskInput, invoke) => {
        if (task === 'CopyRange') throw Object.assign(new Error('no answer'), { name: 'Lambda.Unknown' });
        const executionId = 'arn:aws:states:us-east-1:111122223333:execution:BucketSync:failed';
        if (task === 'ValidateInput') Object.assign(taskInput as object, { executionId });
        return invoke();
      },
    },
  );
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

/** DescribeExecution, and PutObject with If-Match on the lock: its execution has ended meanwhile. */
async function takeLockOver(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  source.put('object', 'x', { lastModified: past });
  const executionId = 'arn:aws:states:us-east-1:111122223333:execution:BucketSync:gone';
  await holdLock(destination, { executionId }, 's3://reports');
  expectSuccess(await mirror.run(input, { host: { wait: async () => {} } }));
}

/** DeleteObject on what the reports say of the lock: the run is refused. ListBucket there: of the other run they say nothing. */
async function findLockTaken(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  source.put('object', 'x', { lastModified: past });
  putHolders(destination, [newHolder()]);
  expectError('AlreadyRunningError', await mirror.run(input));
}

/** ListBucket on the destination: without it, a lock that was given back at this very moment would be a 403. */
async function findLockGone(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  source.put('object', 'x', { lastModified: past });
  mirror.overlooksLock = false;
  mirror.s3.onRequest = ({ operation, key }) => {
    if (key !== LOCK_KEY) return undefined;
    if (operation === 'PutObject') putHolders(destination, []);
    if (operation !== 'GetObject') return undefined;
    destination.remove(LOCK_KEY);
    mirror.s3.onRequest = undefined;
    return undefined;
  };
  expectSuccess(await mirror.run(input));
}

/** ListBucket on the destination, of the range Tasks and FinishRun: somebody removes the lock of a run at work. */
async function loseLock(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  source.put('object', 'x', { lastModified: past });
  destination.put('orphan', 'x');
  const around: MirrorOptions['around'] = async (task, _input, invoke) => {
    const result = await invoke();
    if (task === 'ValidateInput') destination.remove(LOCK_KEY);
    return result;
  };
  expectError('InterruptedError', await mirror.run(input, { around }));
}

/** DeleteObject on the lock, of ValidateInput: the S3 heeds no conditions, so what was written for a try is taken away. */
async function findNoConditions(mirror: Mirror): Promise<void> {
  const { source, input } = createPair(mirror);
  source.put('object', 'x', { lastModified: past });
  mirror.overlooksLock = false;
  mirror.s3.onRequest = ({ key, headers }) => {
    if (key === LOCK_KEY) delete headers['if-none-match'];
    return undefined;
  };
  expectError('LockUnsupportedError', await mirror.run(input));
}

/** GetObject, PutObject and DeleteObject on a lock beside the reports, of a run that loses it and of one that breaks off. */
async function lockBesideReports(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  source.put('object', 'x', { lastModified: past });
  destination.put('orphan', 'x');
  expectSuccess(await mirror.run({ ...input, lock: 'reports' }));
  await breakOffInAws(mirror, { lock: 'reports' });
}

/** PutEvents of ValidateInput and FinishRun, Publish of FinishRun. */
async function tellOthers(mirror: Mirror): Promise<void> {
  const { source, input } = createPair(mirror);
  source.put('object', 'x', { lastModified: past });
  const services = await startServices();
  const announcer = openAnnouncer({
    [ENVIRONMENT.events]: JSON.stringify({ bus: BUS, source: EVENT_SOURCE }),
    [ENVIRONMENT.messages]: JSON.stringify({ topic: TOPIC, on: ['SUCCEEDED'] }),
  });
  const executionId = 'arn:aws:states:us-east-1:111122223333:execution:BucketSync:told';
  const summary = await mirror.run(input, { executionId, host: { announcer } });
  services.stop();
  expectSuccess(summary);
  if (summary.warnings) throw new Error(`Expected all to be sent, got ${JSON.stringify(summary.warnings)}`);
}

/** SNS and EventBridge, which accept everything. */
async function startServices(): Promise<{ stop(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    const isEvent = request.headers['x-amz-target'] !== undefined;
    response.end(isEvent ? '{"FailedEntryCount":0}' : '<PublishResponse><PublishResult/></PublishResponse>');
  });
  const endpoint = await listenOnLoopback(server);
  Object.assign(process.env, { AWS_ENDPOINT_URL_SNS: endpoint, AWS_ENDPOINT_URL_EVENTBRIDGE: endpoint });
  return { stop: () => endServer(server) };
}

/** CreateInvalidation and GetInvalidation before the deletes and after them. ClosePhase reads in the reports what has changed. */
async function tellCloudFront(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  source.put('index.html', 'new', { lastModified: past });
  destination.put('index.html', 'former', { lastModified: past });
  destination.put('orphan', 'x');
  const cloudFront = await FakeCloudFront.start({ distributions: [DISTRIBUTION] });
  process.env.AWS_ENDPOINT_URL_CLOUDFRONT = cloudFront.endpoint;
  const invalidate = { distribution: DISTRIBUTION, wait: true };
  const host = { invalidator: openInvalidator(process.env) };
  const summary = await mirror.run({ ...input, mode: 'publish', invalidate }, { host });
  cloudFront.close();
  expectSuccess(summary);
  if (cloudFront.invalidations.length === 2 && !summary.warnings) return;
  throw new Error(`Expected two invalidations, got ${JSON.stringify([cloudFront.paths, summary.warnings])}`);
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
  expectSuccess(await mirror.run({ ...input, undo: runId }));
}

function createPair(
  mirror: Mirror,
  ownership?: string,
): { source: Bucket; destination: Bucket; input: { source: string; destination: string } } {
  return mirror.createPair({ source: { encryption }, destination: { encryption, ...(ownership && { ownership }) } });
}

/** A clock on which each reading takes a moment, so that a budget is a number of readings. */
function shortRounds(): MirrorOptions {
  let time = 0;
  return { host: { now: () => time++, roundBudgetsMs: [12] } };
}

function expectSuccess({ status, error }: RunSummary): void {
  if (status !== 'succeeded')
    throw new Error(`Expected the scenario to succeed, got ${error?.name}: ${error?.message}`);
}

function expectError(name: string, { error }: RunSummary): void {
  if (error?.name !== name)
    throw new Error(`Expected the scenario to fail with ${name}, got ${error?.name}: ${error?.message}`);
}
