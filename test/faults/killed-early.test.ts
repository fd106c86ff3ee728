import type { RequestInfo } from '../../local/s3';
import { contentsOf } from '../support/contents';
import { everyNth } from '../support/length';
import { atOnce, createPair, findLock, nameOf, requestsOf, stopAt, useMirrorToStop } from '../support/stop-at';

const mirror = useMirrorToStop();

describe('a run that is killed', () => {
  it.each(['ValidateInput', 'FinishRun'])(
    'at whichever request of %s leaves the next one free to go on',
    async (task) => {
      const requests = await requestsOf(mirror, task, {});
      expect(requests.length).toBeGreaterThan(3);
      for (const meant of everyNth(5, requests)) {
        const pair = createPair(mirror);
        const reached = Promise.withResolvers<void>();
        const isMeant = (request: RequestInfo) => nameOf(request) === meant;
        const onMet = () => reached.resolve();
        const wait = () => new Promise<void>(() => {});

        const stop = {
          isMeant,
          fault: { after: 'stall' },
          all: true,
          from: (name: string) => name === task,
          wait,
          onMet,
        } as const;
        stopAt(mirror, pair, stop).catch(() => {}); // nobody hears of it any more
        await reached.promise;
        mirror.s3.onRequest = undefined;
        const host = { runStore: pair.runStore, isRunning: async () => false, wait: atOnce };
        const next = await mirror.run(pair.input, { host });

        expect({ meant, ...next }).toMatchObject({ meant, status: 'succeeded' });
        expect(contentsOf(pair.destination)).toEqual(contentsOf(pair.source));
        expect({ meant, lock: await findLock(pair) }).toEqual({ meant, lock: undefined });
      }
    },
  );
});
