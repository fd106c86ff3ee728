import type { SyncInput } from './sync-input';

/** In small letters or capitals, since readers see no difference. */
const PAGES = ['*.[hH][tT][mM]', '*.[hH][tT][mM][lL]'];

/** A part of the copies of a run. No object is copied before all steps before its own are done. */
export interface Step {
  readonly name: 'assets' | 'pages' | `step-${number}`;
  /** The glob of `order` that names it. */
  readonly glob?: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/**
 * The steps in which a run copies; none: everything at once. An object belongs to the last step that names it.
 *
 * | input | steps |
 * | --- | --- |
 * | `mode: "publish"` | assets, pages: so a page never links to an asset that is not there yet |
 * | `order: [a, b]` | everything else, what matches `a`, what matches `b` |
 * | both | assets, pages, what matches `a`, what matches `b` |
 */
export function copyingSteps({ mode, order }: Pick<SyncInput, 'mode' | 'order'>): Step[] {
  const first: Step[] =
    mode === 'publish'
      ? [
          { name: 'assets', include: [], exclude: [...PAGES, ...order] },
          { name: 'pages', include: PAGES, exclude: order },
        ]
      : [{ name: 'step-1', include: [], exclude: order }];
  if (mode === 'mirror' && order.length === 0) return [];
  const named = order.map((glob, index): Step => {
    const name = `step-${first.length + index + 1}` as const;
    return { name, glob, include: [glob], exclude: order.slice(index + 1) };
  });
  return [...first, ...named];
}

/** A part of the deletes of a run that copies in steps. */
export interface DeletingStep extends Pick<Step, 'include' | 'exclude'> {
  readonly name: 'first-deletes' | 'deletes';
}

/**
 * The steps in which a run deletes that copies in steps: what is copied late refers to what is copied early, so it goes first.
 *
 * | input | steps |
 * | --- | --- |
 * | `mode: "publish"` | pages, everything else: so a page that goes never names an asset that is gone |
 * | `order: [a, b]` | what matches `a` or `b`, everything else |
 * | both | pages and what matches `a` or `b`, everything else |
 */
export function deletingSteps({ mode, order }: Pick<SyncInput, 'mode' | 'order'>): DeletingStep[] {
  const late = [...(mode === 'publish' ? PAGES : []), ...order];
  return [
    { name: 'first-deletes', include: late, exclude: [] },
    { name: 'deletes', include: [], exclude: late },
  ];
}
