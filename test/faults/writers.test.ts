import { asWriter, noteWriter, WriterWatch } from '../chaos/writer-watch';
import { useMirror } from '../support/mirror';

const mirror = useMirror();

/** Two runs from other sources, one into a folder of the other's. Without a lock, none goes on until both have begun to write. */
async function runAtOnce(
  lock: 'none' | 'destination',
): Promise<{ violations: string[]; endings: (string | undefined)[] }> {
  const { source, destination, input } = mirror.createPair();
  const other = mirror.createPair();
  for (let index = 0; index < 10; index++) {
    source.put(`a/k${index}`, 'one');
    other.source.put(`k${index}`, 'other');
  }
  const watch = new WriterWatch(destination, () => {});
  watch.register('wide', '');
  watch.register('narrow', 'a/');
  const begun = new Set<string | undefined>();
  const both = Promise.withResolvers<void>();
  mirror.s3.onRequest = (request) => {
    const writer = noteWriter(request);
    if (request.operation !== 'CopyObject' || lock !== 'none') return undefined;
    if (begun.add(writer).size === 2) both.resolve();
    return both.promise.then(() => undefined);
  };
  const narrow = { source: other.source.name, destination: destination.name, destinationPrefix: 'a' };
  const summaries = await Promise.all([
    asWriter('wide', () => mirror.run({ ...input, lock, requestConcurrency: 1 })),
    asWriter('narrow', () => mirror.run({ ...narrow, lock, requestConcurrency: 1 })),
  ]);
  return { violations: watch.violations(), endings: summaries.map(({ error }) => error?.name) };
}

it('blames two runs that write to overlapping folders at the same time', async () => {
  const { violations } = await runAtOnce('none');

  expect(violations).toEqual([expect.stringMatching(/^wide \(""\) and narrow \("a\/"\) wrote at the same time: /)]);
});

it('blames nobody if the lock lets one of them write', async () => {
  const { violations, endings } = await runAtOnce('destination');

  expect(violations).toEqual([]);
  // should one end before the other begins, both are fine
  expect(endings.filter((ending) => ending !== 'AlreadyRunningError')).toContain(undefined);
});
