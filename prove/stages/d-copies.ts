import type { CopyRequest } from '../../lambdas/engine/ports/bucket-writer';
import type { Assumption } from '../assumption';
import type { Lab, Pair } from '../lab';
import { outcome } from '../outcome';

export const WRITES = 'AWS: Conditional writes';
/** No object has it. */
export const NO_ETAG = '0'.repeat(32);
export const FAILED = '412 PreconditionFailed';

interface Copy {
  readonly sourceETag?: 'other';
  readonly missing?: 'source' | 'destination';
  readonly destination?: 'absent' | 'same' | 'other';
}

/** A source and a destination that each hold an object under one key, with different content. */
async function different(lab: Lab, key: string, { missing }: Copy): Promise<Pair> {
  const pair = await lab.pair();
  if (missing !== 'source') await lab.put('source', key, 'new');
  if (missing !== 'destination') await lab.put('destination', key, 'old');
  return pair;
}

/** Copies under conditions. */
async function copied(lab: Lab, key: string, copy: Copy): Promise<string> {
  const { source, destination } = await different(lab, key, copy);
  const read = (side: typeof source) =>
    side.headObject(key).then(
      ({ eTag }) => eTag,
      () => NO_ETAG,
    );
  const guard = {
    absent: 'absent' as const,
    same: { eTag: await read(destination) },
    other: { eTag: NO_ETAG },
  } satisfies Record<string, CopyRequest['destination']>;
  const request = {
    key,
    sourceETag: copy.sourceETag === 'other' ? NO_ETAG : await read(source),
    storageClass: 'STANDARD',
    tags: 'copy' as const,
    ...(copy.destination && { destination: guard[copy.destination] }),
  };
  return outcome(destination.copyObject(request));
}

const COPIES: readonly [copy: Copy, expected: string, says: string][] = [
  [{ sourceETag: 'other' }, FAILED, 'A copy is made only of the version that was asked for'],
  [{ destination: 'absent' }, FAILED, 'A copy with If-None-Match does not replace an object'],
  [
    { destination: 'absent', missing: 'destination' },
    'ok',
    'A copy with If-None-Match is made where there is no object',
  ],
  [{ destination: 'same' }, 'ok', 'A copy with If-Match replaces the object that it names'],
  [{ destination: 'other' }, FAILED, 'A copy with If-Match does not replace another object'],
  [
    { destination: 'other', missing: 'destination' },
    '404 NoSuchKey',
    'A copy with If-Match needs an object to replace',
  ],
  [{ sourceETag: 'other', destination: 'other' }, FAILED, 'A copy whose conditions both fail is refused'],
  [{ missing: 'source' }, '404 NoSuchKey', 'A copy of an object that is gone tells so'],
];

/** D1 to D8. */
export const copies: Assumption[] = COPIES.map(([copy, expected, says], index) => ({
  id: `D${index + 1}`,
  says,
  source: `${WRITES}; AWS: CopyObject`,
  expected,
  observe: (lab) => copied(lab, `copy-${index + 1}`, copy),
}));
