import { useMemoryMirror } from '../support/memory-mirror';
import { Watch } from '../support/watch';

const mirror = useMemoryMirror();

it('blames a run for each thing that no run may do, and an innocent run for nothing', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('kept', 'x');
  source.put('other', 'x');
  destination.put('kept', 'x');
  const watch = new Watch(mirror, { source, destination, input });
  mirror.s3.onRequest = ({ operation, key }) => {
    if (operation !== 'CopyObject' || key !== 'other') return undefined;
    destination.remove('kept');
    destination.put('foreign', 'x');
    mirror.s3.requests.add('HeadObject');
    return undefined;
  };

  await watch.run();

  expect(watch.violations).toEqual([
    expect.stringMatching(/^wrote "foreign" as the source never had it/),
    'deleted "kept", which the source held throughout',
    'succeeded, and these differ: kept,foreign',
    'counted 2 head requests, and the server saw 3',
  ]);

  mirror.s3.onRequest = undefined;
  await watch.expectConvergence();
  expect(watch.violations).toHaveLength(4);
});

it('expects of the run after the faults that it succeeds and leaves nothing to do', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('a', 'x');
  const watch = new Watch(mirror, { source, destination, input: { ...input, compare: 'always' } });

  await watch.expectConvergence();

  expect(watch.violations).toEqual(['the second run found something to do: a']);
});
