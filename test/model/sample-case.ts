import fc from 'fast-check';
import { aCase, type ModelCase } from './arbitrary-case';

/** The case of a seed. */
export function sampleCase(seed: number): ModelCase {
  const [found] = fc.sample(aCase, { seed, numRuns: 1, unbiased: true });
  if (found === undefined) throw new Error('Expected a case, got none');
  return found;
}
