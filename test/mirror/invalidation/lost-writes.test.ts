import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PhaseEnd } from '../../../statemachine/contract';
import { past } from '../../support/any-mirror';
import { ALL, CHANGED, DELETED, put, useSiteRuns } from './site-runs';

const runs = useSiteRuns();

describe('a failure of a run', () => {
  it('does not keep CloudFront from what was done', async () => {
    const { destination, run } = runs.createSite();
    runs.mirror.s3.onRequest = ({ operation, key }) =>
      operation === 'CopyObject' && key === 'index.html' ? { status: 403, code: 'AccessDenied' } : undefined;

    const summary = await run({ mode: 'publish' });

    expect(summary.error?.name).toBe('SyncIncompleteError');
    expect(destination.get('gone/old.css')).toBeDefined();
    expect(runs.cloudFront.told()).toEqual([['/app.css', '/docs/', '/docs/index.html']]);
  });

  it('with a report that is lost leaves what its plan says of the phases that had begun', async () => {
    const { run } = runs.createSite();

    const summary = await run(
      { mode: 'publish', order: ['docs/**'] },
      {
        around: async (task, input, invoke) => {
          const { phase, run: ofState } = input as { phase?: { name: string }; run?: { id: string } };
          const result = await invoke();
          if (task !== 'CopyRange' || phase?.name !== 'pages') return result;
          runs.loseReport(ofState?.id, 'pages');
          throw new Error('killed');
        },
      },
    );

    expect(summary.status).toBe('failed');
    expect(runs.cloudFront.told()).toEqual([['/', '/app.css', '/index.html']]);
  });

  it('with a report that is lost leaves what has gone first in its order, although it is no page', async () => {
    const { destination, run } = runs.createSite();
    put(destination, { 'gone/list.json': '' });

    const summary = await run(
      { order: ['gone/list.json'], conditional: true },
      runs.losingFirstAttempt('DeleteRange', 'first-deletes'),
    );

    expect(summary.status).toBe('succeeded');
    expect(destination.get('gone/list.json')).toBeUndefined();
    expect(runs.cloudFront.told().flat()).toContain('/gone/list.json');
  });

  it('with a report that is lost leaves what was copied before somebody else wrote there', async () => {
    const { input, destination, run } = runs.createSite();
    const { runId } = await runs.mirror.run({ ...input, delete: false, dryRun: true });
    const write = () =>
      put(destination, { 'index.html': 'other', 'docs/index.html': 'other', 'app.css': 'other', 'new.html': 'x' });

    const summary = await run({ delete: false, apply: runId }, runs.losingFirstAttempt('CopyRange', 'sync', write));

    expect(summary.error?.name).toBe('PlanOutdatedError');
    expect(runs.cloudFront.told()).toEqual([CHANGED]);
  });

  it('with a report that is lost leaves what its plan could not decide', async () => {
    const { source, run } = runs.createSite();
    source.put('same.js', '', { lastModified: past, user: { changed: 'yes' } });
    let asked = 0;
    runs.mirror.s3.onRequest = ({ operation, key }) =>
      operation === 'HeadObject' && key === 'same.js' && asked++ === 0 ? { status: 400, code: 'Odd' } : undefined;

    const summary = await run({ compare: 'metadata' }, runs.losingFirstAttempt('CopyRange', 'sync'));

    expect(summary).toMatchObject({ status: 'succeeded', totals: { failed: 0 } });
    expect(runs.cloudFront.told().flat()).toContain('/same.js');
  });

  it.each<[task: string, phase: string, more: object, paths: string[][]]>([
    ['CopyRange', 'sync', {}, [['/*']]],
    ['DeleteRange', 'sync', {}, [['/*']]],
    ['CopyRange', 'pages', { mode: 'publish' }, [['/*'], DELETED]],
    ['DeleteRange', 'deletes', { mode: 'publish' }, [CHANGED, ['/*']]],
  ])(
    'with a report that is lost leaves everything if the run has no plan: %s of %s',
    async (task, phase, more, paths) => {
      const { run } = runs.createSite();

      const summary = await run({ plan: false, ...more }, runs.losingFirstAttempt(task, phase));

      expect(summary.status).toBe('succeeded');
      expect(runs.cloudFront.told()).toEqual(paths);
    },
  );

  it('of which nobody knows whether it was done counts as done', async () => {
    const { source, destination, run } = runs.createSite();
    runs.mirror.s3.onRequest = ({ operation, key }) => {
      if (operation === 'CopyObject' && key === 'index.html') return { after: { status: 400, code: 'Odd' } };
      return operation === 'CopyObject' && key === 'app.css' ? { status: 403, code: 'AccessDenied' } : undefined;
    };

    const summary = await run({ delete: false });

    expect(destination.get('index.html')?.eTag).toBe(source.get('index.html')?.eTag);
    expect(summary).toMatchObject({ totals: { copied: 2, failed: 2 } });
    expect(runs.cloudFront.told()).toEqual([['/', '/docs/', '/docs/index.html', '/index.html']]);
  });

  it('to delete of which nobody knows whether it was done counts as done', async () => {
    const { destination, run } = runs.createSite();
    runs.mirror.s3.onRequest = ({ operation }) =>
      operation === 'DeleteObjects' || operation === 'DeleteObject'
        ? { after: { status: 400, code: 'Odd' } }
        : undefined;

    const summary = await run();

    expect(destination.get('gone/old.css')).toBeUndefined();
    expect(summary).toMatchObject({ totals: { deleted: 0, failed: 2 } });
    expect(runs.cloudFront.told()).toEqual([ALL]);
  });
});

it('tells that everything has changed if what has changed cannot be read', async () => {
  const { run } = runs.createSite();

  const summary = await run(
    {},
    {
      around: (task, input, invoke) => {
        const { state } = input as { state?: PhaseEnd };
        if (task === 'FinishRun') {
          const folder = join(runs.mirror.runsFolder, 'runs', state?.run.id ?? '', 'actions');
          for (const part of readdirSync(folder)) rmSync(join(folder, part));
          for (const part of readdirSync(join(folder, '../plan/parts'))) rmSync(join(folder, '../plan/parts', part));
          // the plan is asked for what the report lacks
          const [, sync] = state?.done ?? [];
          if (sync) Object.assign(sync.copy.counters, { copied: 0 });
        }
        return invoke();
      },
    },
  );

  expect(summary.status).toBe('succeeded');
  expect(runs.cloudFront.told()).toEqual([['/*']]);
});
