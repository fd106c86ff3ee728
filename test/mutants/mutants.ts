/** A deliberate bug: one place of the source, and what would stand there. */
export interface Mutant {
  /** The bug, as somebody would make it. */
  readonly bug: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly search: string;
  readonly replace: string;
  /** Below `test/`, without `.test.ts`: the suites that have to notice. */
  readonly suites: readonly string[];
}

export const MUTANTS: readonly Mutant[] = [
  {
    bug: 'treat a listing error as the end of the listing',
    file: 'lambdas/aws/s3-source.ts',
    search: '      if (error instanceof ListingError) throw error;\n',
    replace: '      if (error !== undefined) return { objects: [] };\n',
    suites: ['engine/delete-safety'],
  },
  {
    bug: 'compare keys in UTF-16',
    file: 'lambdas/engine/compare-keys.ts',
    search: 'if (!FROM_SURROGATES.test(a)) return',
    replace: 'return',
    suites: ['engine/compare-keys'],
  },
  {
    bug: "ignore DeleteObjects' Errors",
    file: 'lambdas/aws/s3-destination.ts',
    search: 'return Errors.map((',
    replace: 'return Errors.slice(0, 0).map((',
    suites: ['aws/delete-objects'],
  },
  {
    bug: 'drop the last page',
    file: 'lambdas/engine/page-stream.ts',
    search: 'this.#objects = this.#inRange(page.objects);',
    replace: 'this.#objects = this.#inRange(this.#continuation && !page.next ? [] : page.objects);',
    suites: ['engine/walk'],
  },
  {
    bug: 'believe a page that is out of order, or repeats',
    file: 'lambdas/engine/page-stream.ts',
    search: '    requireOrder(objects, this.#lastKey);\n',
    replace: '',
    suites: ['engine/walk', 'engine/broken-listing'],
  },
  {
    bug: 'believe the page of another request',
    file: 'lambdas/aws/list-page.ts',
    search: '  if (asked) reader.requireAnswerTo(asked);\n',
    replace: '',
    suites: ['aws/list-page', 'engine/broken-listing'],
  },
  {
    bug: 'forget the condition on a part',
    file: 'lambdas/aws/s3-uploads.ts',
    search: 'CopySourceIfMatch:',
    replace: 'unsent:',
    suites: ['engine/race', 'engine/multipart'],
  },
  {
    bug: 'complete an upload whose parts were never proved',
    file: 'lambdas/engine/multipart-copy.ts',
    search: '!layout.assumed || multipartETag(upload.parts) === version.eTag',
    replace: 'true',
    suites: ['engine/part-layout'],
  },
  {
    bug: 'take another version for the proof of a layout',
    file: 'lambdas/engine/multipart-copy.ts',
    search: '    await this.#expectSame(job, send);\n',
    replace: '',
    suites: ['engine/part-layout'],
  },
  {
    bug: 'forget CopySourceIfMatch',
    file: 'lambdas/aws/s3-destination.ts',
    search: 'CopySourceIfMatch:',
    replace: 'unsent:',
    suites: ['engine/failures', 'engine/race'],
  },
  {
    bug: 'do not delete the orphans at hand before the next page',
    file: 'lambdas/engine/walker.ts',
    search: '    await this.visitor.flush?.();\n',
    replace: '',
    suites: ['engine/delete-safety'],
  },
  {
    bug: 'use a page that was asked for earlier as proof of absence',
    file: 'lambdas/engine/walker.ts',
    search: 'other.requestedAt < walked.receivedAt',
    replace: 'other.requestedAt < 0',
    suites: ['engine/absence', 'engine/walk'],
  },
  {
    bug: 'delete what the filters leave out',
    file: 'lambdas/engine/delete-range.ts',
    search: 'const orphan = takesPart && !source;',
    replace: 'const orphan = !source;',
    suites: ['engine/guards', 'engine/mirror.property'],
  },
  {
    bug: 'let `*` need a character',
    file: 'lambdas/engine/glob.ts',
    search: "return ['[^/]*', end];",
    replace: "return ['[^/]+', end];",
    suites: ['engine/key-filter', 'engine/key-filter.property'],
  },
  {
    bug: 'treat 403 as gone',
    file: 'lambdas/aws/s3-errors.ts',
    search: "  AccessDenied: 'access-denied',\n",
    replace: "  AccessDenied: 'gone',\n",
    suites: ['engine/failures'],
  },
  {
    bug: 'take a 200 that carries an error for a copy',
    file: 'lambdas/aws/copy-result.ts',
    search: "if (element !== name || content.includes('&')) return undefined;",
    replace: "if (element !== name) return { ETag: 'e' };",
    suites: ['aws/copy-object', 'engine/failures'],
  },
  {
    bug: 'cut ranges with a gap',
    file: 'lambdas/engine/range-probes.ts',
    search: '? { range: { ...range, after: point }, page: found }',
    replace: '? { range: { ...range, after: found.objects[0].key }, page: found }',
    suites: ['engine/split-range', 'engine/walk.property'],
  },
  {
    bug: 'count a failed object as copied',
    file: 'lambdas/engine/object-copier.ts',
    search: '    this.task.counters.failed += 1;\n',
    replace: '    this.task.counters.copied += 1;\n',
    suites: ['engine/failures'],
  },
  {
    bug: 'give every round the whole of `maxDeletes`',
    file: 'lambdas/engine/delete-allowance.ts',
    search: ' - (before?.deleted ?? 0)',
    replace: '',
    suites: ['engine/delete-allowance'],
  },
  {
    bug: 'let a repeated attempt spend its share of `maxDeletes` again',
    file: 'lambdas/engine/delete-allowance.ts',
    search: 'if (!isFirst) [',
    replace: 'if (isFirst === undefined) [',
    suites: ['engine/delete-allowance'],
  },
  {
    bug: 'let an empty source empty the destination',
    file: 'lambdas/engine/validate-input.ts',
    search: '  refuseEmptySource(input, first);\n',
    replace: '',
    suites: ['engine/guards'],
  },
  {
    bug: 'take the lock of whoever holds it',
    file: 'lambdas/engine/run-lock.ts',
    search: 'tries === 0 || (await host.isRunning(holder.executionId))',
    replace: 'tries === 0',
    suites: ['engine/run-lock'],
  },
  {
    bug: 'go on with the next phase after a failed object',
    file: 'lambdas/engine/close-phase.ts',
    search: 'const phases = error ? [] : rest;',
    replace: 'const phases = rest;',
    suites: ['engine/phases'],
  },
  {
    bug: 'write without a look at the lock',
    file: 'lambdas/engine/lock-fence.ts',
    search: '      await fence.pass();\n',
    replace: '',
    suites: ['engine/lock-fence'],
  },
  {
    bug: 'begin a Task of a run that has lost its lock',
    file: 'lambdas/engine/range-task.ts',
    search: '    if (!host.signal.aborted) await fence.start();\n',
    replace: '',
    suites: ['engine/lock-fence'],
  },
  {
    bug: 'take a lock that cannot be read for one that is lost',
    file: 'lambdas/engine/lock-fence.ts',
    search: 'if (this.host.now() - this.#heldAt >= MOST_WITHOUT_LOCK_MS) this.#lost',
    replace: 'this.#lost',
    suites: ['engine/lock-fence'],
  },
  {
    bug: 'leave the share of `maxDeletes` to another attempt where there was no orphan',
    file: 'lambdas/engine/delete-allowance.ts',
    search: '    await this.claim();\n',
    replace: '',
    suites: ['engine/delete-allowance'],
  },
];
