import fc from 'fast-check';
import type { Invalidator } from '../../../lambdas/engine/ports/invalidator';
import type { Bucket } from '../../../local/s3';
import { past } from '../../support/any-mirror';
import { key } from '../../support/arbitrary-keys';
import { matchesPath, whyRefused } from '../../support/fake-cloudfront';
import { randomCases } from '../../support/length';
import { useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();

type State = 'changed' | 'new' | 'same' | 'orphan';

const objects = fc.uniqueArray(
  fc.tuple(
    fc.oneof(key, fc.constantFrom('index.html', 'a/index.html', 'a~b.js', "it's.html", 'a b.css', 'é/x.html')),
    fc.constantFrom<State>('changed', 'new', 'same', 'orphan'),
  ),
  { selector: ([name]) => name, maxLength: 40 },
);

/** As a viewer asks for it whose browser encodes what it must. */
function viewersPath(name: string): string {
  const encoded = [...name].map((character) =>
    /[^!-~]|["#%<>?`{}]/u.test(character)
      ? [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
      : character,
  );
  return `/${encoded.join('')}`;
}

function fill(bucket: Bucket, names: readonly string[], content: string): void {
  for (const name of names) bucket.put(name, content, { lastModified: past });
}

it('whatever a run changes or deletes, CloudFront is told of it, as its plan has foretold, and of nothing if nothing has changed', async () => {
  await fc.assert(
    fc.asyncProperty(
      objects,
      fc.constantFrom({ mode: 'mirror' }, { mode: 'publish' }, { order: ['index.html', '*.js'] }),
      fc.constantFrom(1, 5, 50),
      fc.boolean(),
      async (given, steps, maxPaths, plan) => {
        const { source, destination, input } = mirror.createPair();
        const names = (...states: State[]) => given.filter(([, state]) => states.includes(state)).map(([name]) => name);
        fill(source, names('changed', 'new'), 'new');
        fill(source, [...names('same'), 'always'], 'same');
        fill(destination, names('changed', 'orphan'), 'former');
        fill(destination, [...names('same'), 'always'], 'same');
        const told: string[] = [];
        const sizes: number[] = [];
        const invalidator: Invalidator = {
          create: async ({ items }) => {
            sizes.push(items.length);
            told.push(...items);
            return `I${sizes.length}`;
          },
          isComplete: async () => true,
        };

        const request = {
          ...{ ...input, ...steps, maxDeletes: plan ? '100%' : undefined, plan },
          invalidate: { distribution: 'EDFDVBD6EXAMPLE', maxPaths },
        };
        const foretold = await mirror.run({ ...request, dryRun: true });

        const summary = await mirror.run(request, { host: { invalidator } });

        expect(summary.error).toBeUndefined();
        const changed = names('changed', 'orphan');
        expect(changed.map(viewersPath).filter((path) => !told.some((sent) => matchesPath(sent, path)))).toEqual([]);
        expect(told.filter((path) => whyRefused(path) !== undefined)).toEqual([]);
        expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(maxPaths);
        expect(told.length > 0).toBe(changed.length > 0);
        expect(summary.invalidation?.paths).toBe(told.length);
        if (plan) expect(foretold.invalidation?.paths).toBe(told.length);
      },
    ),
    randomCases({ quick: 12, full: 300 }),
  );
});
