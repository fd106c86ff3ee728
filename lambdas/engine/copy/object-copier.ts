import type { Decision, Inspection } from '../compare/compare';
import { withoutLost } from '../compare/copied-headers';
import { sameSecond } from '../compare/same-second';
import type { AdaptiveConcurrency } from '../concurrency/adaptive-concurrency';
import type { Send } from '../concurrency/send';
import type { ListedObject, ObjectHead } from '../ports/bucket-reader';
import { StoreError } from '../ports/store-error';
import type { LargeObjects } from '../range/large-objects';
import type { RangeFilter } from '../range/range-filter';
import { CHANGED_SINCE_PLAN, changedSincePlan } from '../report/report-line';
import { writesConditionally } from '../run/writes-conditionally';
import { ArchivedObjects } from './archived-objects';
import { FailureReasons } from './failure-reasons';
import { inspectHead } from './inspect-head';
import { RewrittenError } from './same-version';
import { classOf, classOfCopy, keepsClass } from './storage-class';
import { type Copy, HANDED_ON, type Pair, VersionCopier, type VersionTask } from './version-copier';

interface Task extends VersionTask {
  readonly filter: RangeFilter;
  readonly concurrency: AdaptiveConcurrency;
  readonly large: LargeObjects;
}

const MISSING: Decision = { action: 'copy', reason: 'missing' };

const UNKNOWN_CLASS =
  '(the destination does not have this storage class: choose one with `storageClass`, `--storage-class`)';

const UNJUDGED =
  'The plan could not decide whether this object has to be overwritten, so `maxOverwrites` does not allow it. The plan of the next run ' +
  'decides again';

const atOnce: Send = (request) => request();

/** Copies objects in parallel and enters each one in the ledger; no object's failure stops another. */
export class ObjectCopier {
  readonly #versions: VersionCopier;
  readonly #archived: ArchivedObjects;
  readonly #reasons: FailureReasons;

  constructor(private readonly task: Task) {
    this.#versions = new VersionCopier(task);
    this.#archived = new ArchivedObjects(task);
    this.#reasons = new FailureReasons(task);
  }

  /** Copies `source`. In a phase that does not write, only counts it as copied. */
  copy(pair: Pair, reason: string): Promise<void> | undefined {
    if (pair.source.archived) return this.#meetArchived(pair, reason);
    if (!this.task.input.phase.write) return this.task.ledger.copied(pair.source, reason);
    return this.#schedule(pair.source, (send) => this.#copyNow(pair, reason, send));
  }

  /** Asks both sides for attributes that list pages do not show, and copies if they differ. */
  inspect(pair: Pair & { readonly destination: ListedObject }, inspection: Inspection): Promise<void> | undefined {
    const { source, destination } = pair;
    const { buckets } = this.task;
    return this.#schedule(source, async (send) => {
      const [there, here] = await Promise.all([
        send(() => inspectHead(buckets.source, source, inspection)),
        send(() =>
          inspectHead(buckets.destination, destination, inspection).catch(this.#reasons.noneAtDestination(destination)),
        ),
      ]);
      for (const asked of [there, here ?? destination]) this.task.surcharges.asked(asked);
      const decision = here ? inspection.judge(withoutLost(this.task.lacks, source.key, there, here), here) : MISSING;
      if (decision.action === 'unchanged') {
        this.task.ledger.unchanged(source.key, decision.by);
        await prove(pair, there.eTag, here?.eTag);
      } else if (source.archived && this.#archived.mayRestore(source))
        await this.#restoreOrCopy(pair, decision.reason, send);
      else if (source.archived) await this.#archived.leave(source);
      else if (!this.task.input.phase.write) await this.task.ledger.copied(source, decision.reason);
      else await this.#copyNow({ ...pair, destination: here && destination }, decision.reason, send, there);
    });
  }

  /** Somebody has reviewed these versions, so no others are copied. */
  get #isExact(): boolean {
    return this.task.input.run.plan?.exactly === true;
  }

  /** A plan is applied again, or somebody else has done what it says: the copy was made before this run began. */
  #isOlder({ lastModified }: ObjectHead): boolean {
    const startedAt = Date.parse(this.task.input.run.startedAt);
    return this.#isExact && lastModified < startedAt && !sameSecond(lastModified, startedAt);
  }

  /**
   * A plan that somebody has reviewed is about versions. Conditions compare ETags, and these stay equal if the same bytes are put again.
   *
   * @returns the source's headers, if the plan is such a one
   * @throws StoreError  `changed`
   */
  async #expectReviewed(pair: Pick<Pair, 'source'> & Partial<Pair>, send: Send): Promise<ObjectHead | undefined> {
    if (!this.#isExact) return undefined;
    const { source, destination } = pair;
    const { buckets } = this.task;
    const [there, here] = await Promise.all([
      send(() => buckets.source.headObject(source.key)),
      destination &&
        send(() => buckets.destination.headObject(destination.key)).catch(this.#reasons.noneAtDestination(destination)),
    ]);
    if (!isVersion(there, source) || (destination && !(here && isVersion(here, destination))))
      throw new StoreError('changed', 'Another version is there by now');
    return there;
  }

  #meetArchived(pair: Pair, reason: string): Promise<void> | undefined {
    const { source } = pair;
    if (!this.#archived.mayRestore(source)) return this.#archived.leave(source);
    return this.#schedule(source, (send) => this.#restoreOrCopy(pair, reason, send));
  }

  async #restoreOrCopy(pair: Pair, reason: string, send: Send): Promise<void> {
    const { source } = pair;
    await this.#expectReviewed({ source }, send);
    if (await this.#archived.restore(source, send)) await this.#copyNow(pair, reason, send);
  }

  /** S3 says that an object is archived although its list page did not. @throws StoreError  S3 contradicts itself */
  async #foundArchived(source: ListedObject, error: unknown): Promise<void> {
    if (!this.#archived.mayRestore(source)) return this.#archived.leave(source, error);
    if (await this.#archived.restore(source, atOnce)) throw error;
  }

  /**
   * Each request of a large object waits for a place of its own; between them the object holds none. It may be handed on.
   */
  #schedule(source: ListedObject, work: (send: Send) => Promise<void>): Promise<void> | undefined {
    const { concurrency } = this.task;
    if (!this.#versions.isLarge(source)) return concurrency.run(() => this.#attempt(source, () => work(atOnce)));
    return this.task.large.run(() => this.#attempt(source, () => work((request) => concurrency.send(request))));
  }

  /** Every error of an object is counted and reported under its key. */
  async #attempt(source: ListedObject, work: () => Promise<void>, isFirst = true): Promise<void> {
    if (this.task.stops.endsBy(this.task.stops.ended)) return this.task.ledger.leave(source.key);
    try {
      await work();
    } catch (error) {
      if (this.task.stops.endsBy(error)) return this.task.ledger.leave(source.key);
      const reason = await this.#reasons.find(error, source);
      if (this.#isExact && (reason === 'changed' || reason === 'gone'))
        return this.task.ledger.failed('copy', source, CHANGED_SINCE_PLAN, changedSincePlan(error));
      if (reason === 'contradictory' && isFirst) return this.#attempt(source, work, false);
      if (reason === 'archived') {
        await this.#foundArchived(source, error).catch((why) => this.task.ledger.failed('copy', source, reason, why));
      } else if (reason === 'gone') await this.task.ledger.skipped(source, reason);
      else await this.task.ledger.failed('copy', source, reason, withAdvice(error));
    }
  }

  /** Copies the listed version. If the object has changed since, copies the current version, once. */
  async #copyNow(pair: Pair, reason: string, send: Send, known?: ObjectHead): Promise<void> {
    const { source } = pair;
    if (pair.destination && pair.isUnjudged) throw new StoreError('guarded', UNJUDGED);
    const head = known ?? (await this.#askForVersion(source, send)) ?? (await this.#askForClass(source, send));
    const listed = head ? asAsked(source, head, this.task) : source;
    const { eTag, lastModified } = listed;
    if (eTag !== source.eTag && this.#isExact) throw new StoreError('changed', 'The source has another version by now');
    if (eTag !== source.eTag && !this.task.filter.takesPart(listed))
      return this.task.ledger.skipped(listed, 'filtered');
    try {
      const reviewed = await this.#expectReviewed(pair, send);
      await this.#copied(pair, listed, await this.#versions.copy(pair, listed, send, head ?? reviewed), reason);
    } catch (error) {
      if (!(error instanceof StoreError) || error.reason !== 'changed') throw error;
      const latest = await send(() => this.task.buckets.source.headObject(source.key));
      const isAsListed = latest.eTag === eTag && sameSecond(latest.lastModified, lastModified);
      if (isAsListed && !(error instanceof RewrittenError)) {
        const there = await this.#versions.findCopy(pair, latest, send);
        if (there && this.#isOlder(there)) return this.task.ledger.unchanged(source.key);
        if (there !== undefined) return this.#found(pair, listed, there, reason);
        if (!this.#copiesUnderNoCondition(error)) throw error; // the destination has changed, not the source
        return this.#copied(pair, listed, await this.#versions.copy(pair, listed, send, latest), reason);
      }
      if (this.#isExact) throw error;
      const changed = { ...asAsked(source, latest, this.task), checksum: undefined };
      if (!this.task.filter.takesPart(changed)) return this.task.ledger.skipped(changed, 'filtered');
      await this.#copied(pair, changed, await this.#versions.copy(pair, changed, send, latest), reason);
    }
  }

  /** If an earlier round has copied parts of a later version than the plan has seen, the copy goes on with that version. */
  async #askForVersion({ key, eTag }: ListedObject, send: Send): Promise<ObjectHead | undefined> {
    const { buckets, uploads } = this.task;
    return uploads.hasOther({ key, eTag }) ? send(() => buckets.source.headObject(key)) : undefined;
  }

  /** A copy of the same class needs a HEAD if the server's list pages do not show the class. */
  async #askForClass(source: ListedObject, send: Send): Promise<ObjectHead | undefined> {
    const { lacks, buckets } = this.task;
    if (!lacks || !keepsClass(this.task)) return undefined;
    if (source.isClassUnlisted) lacks.add('listedClasses');
    if (source.storageClass !== 'STANDARD' || !lacks.has('listedClasses')) return undefined;
    return send(() => buckets.source.headObject(source.key));
  }

  /** The source is unchanged, and the request had no other condition. So the server does not understand this condition. */
  #copiesUnderNoCondition(error: StoreError): boolean {
    const { lacks, input } = this.task;
    if (!lacks || writesConditionally(input.run)) return false;
    lacks.add('copyConditions', error);
    return true;
  }

  /** The answer to the copy was lost, and with it the version's id. */
  #found(pair: Pair, version: ListedObject, there: ObjectHead, reason: string): Promise<void> {
    if (there.versionId !== undefined) this.task.written.note(version.key, there.versionId);
    return this.#copied(pair, version, there, reason);
  }

  async #copied(pair: Pair, version: ListedObject, copy: Copy, reason: string): Promise<void> {
    if (copy === HANDED_ON) return;
    const { surcharges } = this.task;
    surcharges.copied(version, classOfCopy(this.task, version), copy.parts);
    if (pair.destination) surcharges.ended(pair.destination);
    await this.task.ledger.copied(version, reason);
    await prove(pair, version.eTag, copy.eTag);
  }
}

function isVersion(head: ObjectHead, listed: ListedObject): boolean {
  return (head.eTag || listed.eTag) === listed.eTag && sameSecond(head.lastModified, listed.lastModified);
}

/**
 * The listed object as a HEAD shows it now. If it has changed, the listed checksum belongs to another version and is
 * dropped.
 */
function asAsked(listed: ListedObject, head: ObjectHead, task: Pick<Task, 'input' | 'lacks'>): ListedObject {
  const { eTag, lastModified } = head;
  const { sizeBytes } = head.isSizeHidden ? listed : head;
  const isSame = eTag === listed.eTag && sameSecond(lastModified, listed.lastModified);
  const storageClass = isSame ? classOf(task, listed, head.storageClass) : head.storageClass;
  const checksum = eTag === listed.eTag ? listed.checksum : undefined;
  return { ...listed, sizeBytes, eTag, lastModified, storageClass, checksum };
}

/** Names the option if the destination does not know the class of the source. */
function withAdvice(error: unknown): unknown {
  if (!(error instanceof StoreError) || error.said?.code !== 'InvalidStorageClass') return error;
  return new StoreError(error.reason, `${error.message} ${UNKNOWN_CLASS}`, error.cause, error.said);
}

/** If the ETags are equal, no evidence is needed. */
function prove({ source: { key }, lane }: Pair, sourceETag: string, destinationETag: string | undefined) {
  if (!sourceETag || !destinationETag || destinationETag === sourceETag) return undefined;
  return lane.add({ key, sourceETag, destinationETag });
}
