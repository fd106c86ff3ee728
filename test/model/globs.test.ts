import fc from 'fast-check';
import { keyFilter } from '../../lambdas/engine/keys/key-filter';
import { parseSyncInput } from '../../statemachine/input/parse-sync-input';
import { randomCases } from '../support/length';
import { aKey } from './arbitrary-case';
import { aGlob } from './arbitrary-globs';
import { globMatches } from './reference/globs';

const buckets = { source: 'a-source', destination: 'a-destination' };

it('matches globs as a reference does that goes through glob and key step by step', () => {
  fc.assert(
    fc.property(aGlob, fc.array(aKey, { minLength: 20, maxLength: 20 }), (glob, keys) => {
      const { exclude } = parseSyncInput({ ...buckets, exclude: [glob] });
      const isLeft = keyFilter({ include: [], exclude });
      expect(keys.filter((key) => !isLeft(key))).toEqual(keys.filter((key) => globMatches(glob, key)));
    }),
    { ...randomCases({ quick: 300, full: 1000 }), seed: 20, unbiased: true },
  );
});
