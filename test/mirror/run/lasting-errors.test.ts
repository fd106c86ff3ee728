import type { Fault } from '../../../local/s3';
import { nextStep } from '../../../wording/next-steps';
import { contentsOf } from '../../support/contents';
import { past, useMirror } from '../../support/mirror';
import { retryAtOnce } from '../../support/retries';

const mirror = useMirror();
retryAtOnce();

const entries = /<Contents>.*?<\/Contents>/g;

function createPair() {
  const pair = mirror.createPair();
  for (const key of ['a', 'b', 'c']) pair.source.put(key, 'x', { lastModified: past });
  pair.destination.put('orphan', 'x', { lastModified: past });
  return pair;
}

/** Disturbs the pages of the source in the loops. @returns how many were asked for, and how often the Task ran */
async function runWith(fault: Fault, times = Number.POSITIVE_INFINITY) {
  const { source, destination, input } = createPair();
  const asked = { pages: 0, tasks: 0 };
  mirror.s3.onRequest = ({ operation, bucket, query }) => {
    if (operation !== 'ListObjectsV2' || bucket !== source.name || query.get('max-keys') === '1') return undefined;
    asked.pages += 1;
    return asked.pages <= times ? fault : undefined;
  };
  const summary = await mirror.run(
    { ...input, delete: false, plan: false },
    {
      around: (task, _input, invoke) => {
        if (task === 'CopyRange') asked.tasks += 1;
        return invoke();
      },
    },
  );
  return { source, destination, summary, ...asked };
}

const reversed: Fault = {
  rewrite(body) {
    const all = (body.match(entries) ?? []).reverse();
    return body.replace(entries, () => all.shift() ?? '');
  },
};

const BROKEN: readonly [what: string, fault: Fault][] = [
  ['a web page', { rewrite: () => '<html><body>Please sign in</body></html>' }],
  ['out of order', reversed],
  ['cut off', { rewrite: (body) => body.slice(0, body.length / 2) }],
  ['without a count of its own', { rewrite: (body) => body.replace(/<KeyCount>\d+/, '<KeyCount>99') }],
];

it.each(BROKEN)('asks three times for a page that is %s, and then ends the run', async (_what, fault) => {
  const { summary, pages, tasks } = await runWith(fault);

  expect({ pages, tasks }).toEqual({ pages: 3, tasks: 1 });
  expect(summary).toMatchObject({ status: 'failed', error: { name: 'ListingError' }, totals: { copied: 0 } });
  expect(summary.error?.message).toContain('The server sent it so three times in a row, so another run does not help');
});

it.each(BROKEN)('goes on if a page that was %s is right at a later attempt', async (_what, fault) => {
  const { summary, source, destination, tasks } = await runWith(fault, 2);

  expect({ status: summary.status, tasks }).toEqual({ status: 'succeeded', tasks: 1 });
  for (const key of ['a', 'b', 'c']) expect(contentsOf(destination).get(key)).toEqual(contentsOf(source).get(key));
});

it.each<[status: number, code: string]>([
  [400, 'InvalidArgument'],
  [403, 'AllAccessDisabled'],
  [404, 'NoSuchBucket'],
  [405, 'MethodNotAllowed'],
])('asks once for a page that is rejected by %d %s, and then ends the run', async (status, code) => {
  const { summary, pages, tasks } = await runWith({ status, code });

  expect({ pages, tasks }).toEqual({ pages: 1, tasks: 1 });
  expect(summary.error?.name).toBe('ListingError');
  expect(summary.error?.message).toContain(code);
  expect(summary.error?.message).toContain('Running it again does not help');
});

it('advises another run only if the server does not answer', async () => {
  const { summary, tasks } = await runWith({ status: 500, code: 'InternalError' });

  expect(tasks).toBeGreaterThan(1);
  expect(summary.error?.message).toContain('Run it again once the server answers');
  expect(nextStep('ListingError')).not.toContain('Run again');
});
