import fc from 'fast-check';
import type { AnyMirror } from '../support/any-mirror';
import { atLength } from '../support/length';
import { useMemoryMirror } from '../support/memory-mirror';
import { useMirror } from '../support/mirror';
import { retryAtOnce } from '../support/retries';
import { aCase } from './arbitrary-case';
import { playCase } from './play-case';

const overHttp = useMirror();
const inMemory = useMemoryMirror();
retryAtOnce();

/** `npm run test:chaos` plays thousands of others. */
const CASES = Number(process.env.PROPERTY_RUNS ?? 80);

it('leaves both sides, every counter and the report as a model predicts that shares no code with the engine', async () => {
  const endings = await playCases(inMemory, { seed: 20, numRuns: CASES });

  // the cases reach all that a run can come to
  expect([...endings]).toEqual(
    expect.arrayContaining([
      'succeeded',
      'dry run',
      'SourceEmptyError',
      'DeleteGuardError',
      'OverwriteGuardError',
      'SyncIncompleteError',
    ]),
  );
});

it('is predicted over HTTP as well, whatever becomes of answers on their way', async () => {
  await playCases(overHttp, { seed: 21, numRuns: atLength({ quick: Math.ceil(CASES / 10), full: CASES }) });
});

/** @returns what the runs came to */
async function playCases(mirror: AnyMirror, options: { readonly seed: number; readonly numRuns: number }) {
  const endings = new Set<string>();
  await fc.assert(
    fc.asyncProperty(aCase, async (given) => {
      const played = await playCase(mirror, given);
      for (const ending of played.endings) endings.add(ending);
      expect(played.violations).toEqual([]);
    }),
    { ...options, unbiased: true },
  );
  return endings;
}
