import fc from 'fast-check';
import { useMirror } from '../support/mirror';
import { retryAtOnce } from '../support/retries';
import { aCase } from './arbitrary-case';
import { playCase } from './play-case';

const mirror = useMirror();
retryAtOnce();

/** `npm run test:chaos` plays thousands of others. */
const CASES = Number(process.env.PROPERTY_RUNS ?? 80);

it('leaves both sides, every counter and the report as a model predicts that shares no code with the engine', async () => {
  const endings = new Set<string>();

  await fc.assert(
    fc.asyncProperty(aCase, async (given) => {
      const played = await playCase(mirror, given);
      for (const ending of played.endings) endings.add(ending);
      expect(played.violations).toEqual([]);
    }),
    { seed: 20, numRuns: CASES, unbiased: true },
  );

  // the cases reach all that a run can come to
  expect([...endings]).toEqual(
    expect.arrayContaining(['succeeded', 'dry run', 'SourceEmptyError', 'DeleteGuardError', 'SyncIncompleteError']),
  );
});
