import type { PairVisitor } from '../../../lambdas/engine/copy/pair-visitor';
import { BothVisitor } from '../../../lambdas/engine/plan/both-visitor';
import type { OrphanFinder } from '../../../lambdas/engine/plan/orphan-finder';
import type { ListedObject } from '../../../lambdas/engine/ports/bucket-reader';
import { Ledger } from '../../../lambdas/engine/range/ledger';

it('counts the destination of a pair only if the pair was decided, because it is met again otherwise', async () => {
  const atDestination = new Ledger({ add: () => undefined }, { name: 'plan' }, () => 0);
  const task = { atDestination, filter: { takesPart: () => true } };
  const answers = [Promise.reject(new Error('not now')), Promise.resolve()];
  const pairs = { visit: () => answers.shift() } as unknown as PairVisitor;
  const visitor = new BothVisitor(task, pairs, {} as OrphanFinder);
  const object = { key: 'k', sizeBytes: 1, eTag: 'e' } as ListedObject;

  await expect(visitor.visit(object, object)).rejects.toThrow('not now');
  await visitor.visit(object, object);
  visitor.visit({ ...object, key: 'l' }, { ...object, key: 'l' });

  expect(atDestination.counters).toMatchObject({ listed: 2, unchanged: 2 });
});
