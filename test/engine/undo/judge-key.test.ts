import type { KeptVersion } from '../../../lambdas/engine/ports/bucket-versions';
import { judgeKey } from '../../../lambdas/engine/undo/judge-key';
import type { Written } from '../../../lambdas/engine/undo/written';

const STARTED = 1_000_000;

/** `x5`: an object with the ETag x of 5 bytes; `-`: a delete marker. Then the version's id, and `!` if it is of the time of the run. */
function version(text: string): KeptVersion {
  const [, what = '', versionId = '', isNew] = /^(\w\d|-|z5):(\w+)(!?)$/.exec(text) ?? [];
  const known = { key: 'k', versionId, lastModified: isNew ? STARTED + 5_000 : 0 };
  if (what === '-') return { ...known, deleteMarker: true };
  const archived = what.startsWith('z');
  return { ...known, eTag: what.slice(0, 1), sizeBytes: Number(what.slice(1)), storageClass: 'STANDARD', archived };
}

const written = (kind: Written['kind'], ...ids: string[]): Written => ({
  kind,
  versionIds: new Set(ids),
  sizeBytes: 1,
  eTag: 'e',
});

/** From the newest version on. */
const CASES: readonly (readonly [name: string, kind: Written['kind'], stack: readonly string[], verdict: string])[] = [
  ['a replaced object comes back', 'replaced', ['b5:run!', 'a5:old'], 'copy old over run'],
  ['an added object goes', 'added', ['b5:run!'], 'delete run'],
  ['an object added over a delete marker goes', 'added', ['b5:run!', '-:old', 'a5:older'], 'delete run'],
  ['a deleted object comes back', 'deleted', ['-:run!', 'a5:old'], 'copy old'],
  ['what was deleted before the run stays so', 'deleted', ['-:run!', '-:old', 'a5:older'], 'nothing'],
  ['a replaced object whose former version is gone', 'replaced', ['b5:run!'], 'leave expired'],
  ['a deleted object whose former version is gone', 'deleted', ['-:run!'], 'leave expired'],
  ['an object that the run has copied twice', 'replaced', ['b5:run!', 'b5:lost!', 'a5:old'], 'copy old over run'],
  ['an object that the run has added twice', 'added', ['b5:run!', 'b5:lost!'], 'delete run'],
  ['an object that the run has deleted twice', 'deleted', ['-:run!', '-:lost!', 'a5:old'], 'copy old'],
  [
    'an older object of the same content is no repetition',
    'replaced',
    ['b5:run!', 'b5:old', 'a5:older'],
    'copy old over run',
  ],
  [
    'what somebody wrote during the run, before its copy',
    'replaced',
    ['b5:run!', 'c5:other!', 'a5:old'],
    'copy other over run',
  ],
  ['somebody has written since', 'replaced', ['c6:other!', 'b5:run!', 'a5:old'], 'leave changed-since'],
  [
    'somebody has brought the former version back',
    'replaced',
    ['a5:other!', 'b5:run!', 'a5:old'],
    'compare old, run with other, then copy old over other',
  ],
  [
    'the undo of a later run has brought back what the run has made',
    'replaced',
    ['b5:undo!', 'c7:later!', 'b5:run!', 'a6:old'],
    'compare run with undo, then copy old over undo',
  ],
  [
    'the undo of a later run has brought back what the run has added',
    'added',
    ['b5:undo!', '-:later!', 'b5:run!'],
    'compare run with undo, then delete undo',
  ],
  [
    'the undo of a later run has deleted again what the run had deleted',
    'deleted',
    ['-:undo!', 'c7:later!', '-:run!', 'a5:old'],
    'copy old',
  ],
  [
    'somebody has written the content of the run again, whose former version is gone',
    'replaced',
    ['b5:other!', 'b5:run!'],
    'compare run with other, then leave expired',
  ],
  ['somebody has deleted since', 'replaced', ['-:other!', 'b5:run!', 'a5:old'], 'leave changed-since'],
  ['somebody has deleted what the run has added', 'added', ['-:other!', 'b5:run!'], 'nothing'],
  ['somebody has removed the version that the run has added', 'added', [], 'nothing'],
  ['somebody has removed the version of the run', 'replaced', ['a5:old'], 'leave changed-since'],
  ['somebody has removed the delete marker of the run', 'deleted', ['a5:old'], 'leave changed-since'],
  ['all versions are gone', 'replaced', [], 'leave changed-since'],
  ['the former version is archived', 'replaced', ['b5:run!', 'z5:old'], 'leave archived-version'],
];

function described(verdict: ReturnType<typeof judgeKey>): string {
  if (verdict?.action === 'compare') {
    const { former, made, current, change } = verdict;
    const known = [former, made].flatMap((each) => each?.versionId ?? []).join(', ');
    return `compare ${known} with ${current.versionId}, then ${described(change)}`;
  }
  if (!verdict) return 'more';
  const { action, former, current, reason } = { former: undefined, current: undefined, reason: undefined, ...verdict };
  if (action === 'copy') return `copy ${former?.versionId}${current ? ` over ${current.versionId}` : ''}`;
  if (action === 'delete') return `delete ${current?.versionId}`;
  return action === 'leave' ? `leave ${reason}` : action;
}

it.each(CASES)('%s: %s', (_name, kind, stack, verdict) => {
  const versions = stack.map(version);
  expect(described(judgeKey(written(kind, 'run'), { versions, isWhole: true }, STARTED))).toBe(verdict);
});

it('asks for older versions before it judges by the end of a page', () => {
  for (const [, kind, stack, verdict] of CASES) {
    for (let length = 0; length < stack.length; length++) {
      const versions = stack.slice(0, length).map(version);
      const early = described(judgeKey(written(kind, 'run'), { versions, isWhole: false }, STARTED));
      expect(['more', verdict]).toContain(early);
    }
  }
});

it('leaves a key alone if the report does not say which version the run has made', () => {
  const stack = { versions: [version('b5:some!'), version('a5:old')], isWhole: true };
  expect(described(judgeKey(written('replaced'), stack, STARTED))).toBe('leave unknown-version');
});
