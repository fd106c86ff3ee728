import fc from 'fast-check';
import { type ReportView, readLines } from '../../../lambdas/engine/report/read-report';
import { openRunStore } from '../../../lambdas/host/run-store/open-run-store';
import type { Bucket } from '../../../local/s3';
import type { RunSummary } from '../../../statemachine/contract';
import { RESERVED_FOLDER } from '../../../statemachine/reserved-folder';
import { randomCases } from '../../support/length';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { retryAtOnce } from '../../support/retries';
import { Watch } from '../../support/watch';

const mirror = useMemoryMirror();
retryAtOnce();

const scenario = fc.record({
  sides: fc.array(fc.constantFrom('source', 'destination', 'both', 'changed'), { maxLength: 12 }),
  /** Of attempts at ranges: two at once, or one whose work is done and whose answer is lost. */
  fates: fc.array(fc.constantFrom('once', 'twice', 'lost', 'timed out'), { maxLength: 12 }),
  refused: fc.option(fc.integer({ min: 0, max: 11 }), { nil: undefined }),
  input: fc.record({
    maxDeletes: fc.constantFrom(undefined, 2, 100),
    mode: fc.constantFrom('mirror', 'publish'),
    dryRun: fc.boolean(),
    verify: fc.boolean(),
  }),
});

async function read({ runId, report }: RunSummary, view: ReportView): Promise<string[]> {
  if (report === undefined) return []; // it did not begin
  const found: string[] = [];
  for await (const lines of readLines(openRunStore(mirror.reportLocation), runId, view)) {
    found.push(...lines.filter(({ action }) => action !== 'skip').map(({ action, key }) => `${action} ${key}`));
  }
  return found.sort();
}

/** What happens at a destination from now on, whoever hears of it: a set, since Tasks that run twice may do a thing twice. */
function noteWrites(destination: Bucket): ReadonlySet<string> {
  const happened = new Set<string>();
  const [add, remove] = [destination.add.bind(destination), destination.remove.bind(destination)];
  destination.add = (content) => {
    if (!content.key.startsWith(RESERVED_FOLDER)) happened.add(`copy ${content.key}`);
    return add(content);
  };
  destination.remove = (key) => {
    if (!key.startsWith(RESERVED_FOLDER) && destination.get(key)) happened.add(`delete ${key}`);
    return remove(key);
  };
  return happened;
}

it('shows as done exactly what happened at the destination, each thing once, also if Tasks run twice or are lost', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ sides, fates, refused, input }) => {
      const pair = mirror.createPair();
      sides.forEach((side, index) => {
        if (side !== 'destination') pair.source.put(`k${index}.html`, 'x', { lastModified: past });
        if (side !== 'source') pair.destination.put(`k${index}.html`, side === 'both' ? 'x' : 'other');
      });
      mirror.s3.onRequest = ({ operation, key }) =>
        operation === 'CopyObject' && key === `k${refused}.html` ? { status: 403, code: 'AccessDenied' } : undefined;
      const happened = noteWrites(pair.destination);
      const watch = new Watch(mirror, pair);
      const left = [...fates];
      const summary = await watch.run({
        input: { ...input, allowEmptySource: true },
        overlapping: fates.includes('twice'),
        redirected: true, // totals leave the requests of plan and verify out
        around: async (task, _input, invoke) => {
          const fate = task === 'CopyRange' || task === 'DeleteRange' ? left.pop() : 'once';
          if (fate === 'twice') return (await Promise.all([invoke(), invoke()]))[0];
          const result = await invoke();
          if (fate === 'lost') throw Object.assign(new Error('its answer was lost'), { name: 'Lambda.Unknown' });
          if (fate === 'timed out') throw Object.assign(new Error('too late'), { name: 'States.Timeout' });
          return result;
        },
      });

      mirror.s3.onRequest = undefined;
      expect(await read(summary, 'actions')).toEqual([...happened].sort());
      if (!summary.wrote) expect([...happened]).toEqual([]);
      // Of a dry run the watch would expect copies.
      if (!input.dryRun) expect(watch.violations).toEqual([]);
      const hasPlan = summary.phases.some(({ name }) => name === 'plan');
      const planned = sides.flatMap((side, index) => {
        if (!hasPlan || side === 'both') return [];
        return side === 'destination' ? [`delete k${index}.html`] : [`copy k${index}.html`];
      });
      expect(await read(summary, 'plan')).toEqual(planned.sort());
    }),
    randomCases({ quick: 6, full: 30 }),
  );
});
