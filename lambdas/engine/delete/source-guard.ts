import type { ContinuationToken, RangeInput, UnfinishedListing } from '../../../statemachine/contract';
import { ListingError, SourceEmptyError } from '../../../statemachine/errors';
import { isAboutSomeKeys } from '../../../statemachine/some-keys';
import { formatS3Url } from '../../../wording/s3-url';
import { justBefore } from '../keys/key-range';
import { runFilter } from '../keys/run-filter';
import { isContent } from '../listing/content';
import { listPages } from '../listing/list-pages';
import type { BucketReader, ListedObject, ObjectPage } from '../ports/bucket-reader';
import type { Buckets } from '../ports/bucket-writer';
import type { StopRules } from '../range/stop-rules';
import type { WalkEnd } from '../walk/walker';

interface Task {
  readonly input: RangeInput;
  readonly buckets: Pick<Buckets, 'source'>;
  readonly stops: Pick<StopRules, 'shouldStop'>;
}

type Watched = Pick<BucketReader, 'listPage' | 'headObject'>;

type Verdict = 'delete' | 'leave' | 'later';

/** A listing that searches for content. */
interface Search {
  /** Whether it covers the whole source, and not only keys after the content that was seen before. */
  readonly fromStart: boolean;
  readonly startAfter: string | undefined;
  /** Where an earlier round stopped. */
  readonly continuation?: string;
}

/**
 * Deletes nothing before it is known that the source has content: it may have been emptied after `ValidateInput` looked.
 * Usually the pages that the walk lists show this. Otherwise bucketsync lists the source once, before the Task's first
 * delete.
 *
 * | the source                                   | an orphan                                                       |
 * | -------------------------------------------- | --------------------------------------------------------------- |
 * | has content that takes part                  | is deleted                                                      |
 * | has none                                     | ends the run; a folder marker is left alone, as it has no data  |
 * | could not be listed far enough in time       | waits for a later round, which goes on with that listing     |
 *
 * A phase that does not write still counts orphans: `ClosePhase` judges it.
 */
export class SourceGuard {
  readonly #takesPart: (key: string) => boolean;
  readonly #judgesHere: boolean;
  #looking: Promise<void> | undefined;
  #state: 'unknown' | 'content' | 'empty' | 'not listed';
  /** Where the next round continues. */
  #unfinished: Pick<UnfinishedListing, 'content' | 'fromStart'> | undefined;

  constructor(private readonly task: Task) {
    const { run, phase } = task.input;
    this.#takesPart = runFilter(run);
    // A run about some keys looks at few objects, so its plan does not show whether the source has content.
    this.#judgesHere = phase.write || isAboutSomeKeys(run.input);
    this.#state = run.input.allowEmptySource ? 'content' : run.sourceWasEmpty ? 'empty' : 'unknown';
  }

  /** The same side, but everything that it lists or looks up is searched for content. */
  watch(source: Watched): Watched {
    return {
      listPage: async (request) => {
        const page = await source.listPage(request);
        if (this.#state === 'unknown') this.#note(page.objects);
        return page;
      },
      headObject: async (key, options) => {
        const head = await source.headObject(key, options);
        if (this.#state === 'unknown') this.#note([{ ...head, key }]);
        return head;
      },
    };
  }

  /**
   * @returns a promise to wait for before an orphan is judged; undefined once it is known whether the source has content
   */
  ask(orphan: ListedObject): Promise<void> | undefined {
    if (this.#state !== 'unknown' || (!this.#judgesHere && isContent(orphan))) return undefined;
    this.#looking ??= this.#look();
    return this.#looking;
  }

  /** @throws SourceEmptyError */
  judge(orphan: ListedObject): Verdict {
    if (this.#state === 'content' || (!this.#judgesHere && isContent(orphan))) return 'delete';
    if (this.#state !== 'empty') return 'later';
    if (!isContent(orphan)) return 'leave';
    throw this.#emptied(orphan);
  }

  /** Adds the unfinished listing to what is left of a walk. */
  carryOn({ remainder, ...end }: WalkEnd): WalkEnd {
    if (!remainder || !this.#unfinished) return { ...end, ...(remainder && { remainder }) };
    return { ...end, remainder: { ...remainder, listing: { ...remainder.listing, ...this.#unfinished } } };
  }

  #note(objects: readonly Pick<ListedObject, 'key' | 'sizeBytes'>[]): void {
    if (objects.some((object) => isContent(object) && this.#takesPart(object.key))) this.#state = 'content';
  }

  async #look(): Promise<void> {
    if (await this.#hasKnownContent()) return;
    for (const search of this.#searches()) {
      for await (const { objects, next } of this.#list(search)) {
        this.#note(objects);
        if (this.#state !== 'unknown') return;
        if (next !== undefined && this.task.stops.shouldStop()) {
          this.#state = 'not listed';
          this.#unfinished = { content: next, ...(search.fromStart && { fromStart: true }) };
          return;
        }
      }
    }
    this.#state = 'empty';
  }

  /** A run about some keys sends few requests. Then one HEAD for what was seen before is cheaper than a page. */
  async #hasKnownContent(): Promise<boolean> {
    const { content, input } = this.task.input.run;
    if (content === undefined || !isAboutSomeKeys(input)) return false;
    const head = await this.task.buckets.source.headObject(content).catch(() => undefined);
    if (head) this.#note([{ ...head, key: content }]);
    return this.#state === 'content';
  }

  /** First where content was seen before, then everywhere; or where an earlier round stopped. */
  #searches(): Search[] {
    const { content, input } = this.task.input.run;
    const everywhere = { fromStart: true, startAfter: input.startAfter };
    const searches = content === undefined ? [] : [{ fromStart: false, startAfter: justBefore(content) }];
    const { listing } = this.task.input.tokens.find(isSearching) ?? {};
    if (listing?.content === undefined) return [...searches, everywhere];
    if (listing.fromStart) return [{ ...everywhere, continuation: listing.content }];
    return [...searches.map((search) => ({ ...search, continuation: listing.content })), everywhere];
  }

  async *#list({ startAfter, continuation }: Search): AsyncGenerator<ObjectPage, void> {
    const { source } = this.task.buckets;
    if (continuation !== undefined) {
      try {
        return yield* listPages(source, { continuation });
      } catch (error) {
        if (!(error instanceof ListingError) || !error.refusesToken) throw error;
      }
    }
    yield* listPages(source, { startAfter });
  }

  #emptied({ key }: ListedObject): SourceEmptyError {
    const { source, prefix, destination, destinationPrefix } = this.task.input.run.input;
    const when = this.task.input.run.sourceWasEmpty ? 'had nothing' : 'has nothing';
    return new SourceEmptyError(
      `${formatS3Url(source, prefix)} ${when} that takes part when this run was about to delete ${JSON.stringify(key)} in ` +
        `${formatS3Url(destination, destinationPrefix)}: somebody emptied the source after the run had begun. It ` +
        'deletes nothing more. If that is what you want, set `allowEmptySource` to true',
    );
  }
}

function isSearching({ listing }: ContinuationToken): boolean {
  return listing?.content !== undefined;
}
