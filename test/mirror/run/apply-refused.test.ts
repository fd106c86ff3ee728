import { sumOfFindings } from '../../../lambdas/engine/kept-plan/findings';
import { FolderRunStore } from '../../../lambdas/host/run-store/folder-run-store';
import { contentsOf } from '../../support/contents';
import { createPlanOf } from '../../support/created-plan';
import { useMirror } from '../../support/mirror';

const mirror = useMirror();
const createPlan = (more?: object) => createPlanOf(mirror, more);
const store = new FolderRunStore(mirror.runsFolder);

describe('a plan is refused before anything is touched', () => {
  it.each<[why: string, more: object, field: string]>([
    ['of other folders', { prefix: 'a' }, 'prefix'],
    ['with other filters', { exclude: ['*.tmp'] }, 'exclude'],
    ['with another comparison', { compare: 'size' }, 'compare'],
    ['with other deletes', { delete: false }, 'delete'],
    ['as a dry run', { dryRun: true }, 'dryRun'],
    ['as a retry', { retry: 'a-run' }, 'retry'],
    ['without a plan', { plan: false }, 'plan'],
  ])('if it is applied %s', async (_why, more, field) => {
    const { destination, apply } = await createPlan();
    const before = contentsOf(destination);

    const { error } = await mirror.run({ ...apply, ...more });

    expect(error?.name).toBe('InvalidInputError');
    expect(error?.message).toContain(`\`${field}\``);
    expect(contentsOf(destination)).toEqual(before);
  });

  it('if it is of other buckets', async () => {
    const { plan } = await createPlan();
    const { input } = mirror.createPair();

    const { error } = await mirror.run({ ...input, apply: plan.runId });

    expect(error).toMatchObject({ name: 'InvalidInputError' });
    expect(error?.message).toContain('`source`');
  });

  it.each([['if there is no such run', 'no-such-run', 'there is no summary of such a run']])(
    '%s',
    async (_why, apply, words) => {
      const { input } = await createPlan();

      const { error } = await mirror.run({ ...input, apply });

      expect(error?.name).toBe('InvalidInputError');
      expect(error?.message).toContain(words);
    },
  );

  it('if that run has written', async () => {
    const { input } = await createPlan();
    const run = await mirror.run(input);

    const { error } = await mirror.run({ ...input, apply: run.runId });

    expect(error?.message).toContain('that run has already written');
  });

  it('if a part of it is gone, as after some days in a bucket with a lifecycle rule', async () => {
    const { destination, plan, apply } = await createPlan();
    const before = contentsOf(destination);
    for (const name of await store.list(`runs/${plan.runId}/plan/parts/`)) await store.delete(name);

    const { error, wrote } = await mirror.run(apply);

    expect(error).toMatchObject({ name: 'PlanChangedError' });
    expect(error?.message).toMatch(
      /a part of the plan .*, but somebody has removed it\. Nothing of the plan is applied/,
    );
    expect(wrote).toBe(false);
    expect(contentsOf(destination)).toEqual(before);
  });

  it('if two plans have an id that begins so', async () => {
    const { destination, plan, apply } = await createPlan();
    const before = contentsOf(destination);
    const start = plan.runId.slice(0, 8);
    await store.put(`runs/${start}-another/summary.json`, '{}');

    const { error } = await mirror.run({ ...apply, apply: start });

    expect(error?.name).toBe('InvalidInputError');
    expect(error?.message).toContain(
      `Expected \`apply\` to be the id of one run, got "${start}", with which those of 2 runs begin`,
    );
    expect(contentsOf(destination)).toEqual(before);
  });

  it.each<[why: string, alter: (index: string) => string, name: string, words: string]>([
    ['by hand', (index) => index.replace('"changed"', '"chanted"'), 'PlanChangedError', 'somebody has changed it'],
    ['by another version', (index) => index, 'InvalidInputError', 'another version of bucketsync'],
  ])('if it was made or changed %s', async (why, alter, name, words) => {
    const { destination, plan, apply } = await createPlan();
    const before = contentsOf(destination);
    const file = `runs/${plan.runId}/plan/index.json`;
    const index = (await store.get(file))?.body.toString() ?? '';
    if (why === 'by hand') await store.put(file, alter(index));
    else await makeOlder(plan.runId, index);

    const { error } = await mirror.run(apply);

    expect(error).toMatchObject({ name });
    expect(error?.message).toContain(words);
    expect(contentsOf(destination)).toEqual(before);
  });
});

/** Rewrites a plan as an earlier version would have left it. */
async function makeOlder(runId: string, index: string): Promise<void> {
  const older = index.replace(/"contract":\d+/, '"contract":1');
  const summary = JSON.parse((await store.get(`runs/${runId}/summary.json`))?.body.toString() ?? '');
  const { createHash } = await import('node:crypto');
  const sha256 = createHash('sha256').update(older).digest('hex');
  const keptPlan = { ...summary.keptPlan, sha256 };
  await store.put(`runs/${runId}/plan/index.json`, older);
  await store.put(
    `runs/${runId}/summary.json`,
    JSON.stringify({ ...summary, keptPlan: { ...keptPlan, findings: sumOfFindings(summary, keptPlan) } }),
  );
}
