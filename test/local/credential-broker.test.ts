import { CredentialBroker } from '../../local/credential-broker';

const MINUTE = 60_000;

/** Finds credentials that live for this many milliseconds each, on a clock of its own; `Error`: it fails. */
function createBroker(...lifetimes: readonly (number | Error | undefined)[]) {
  const clock = { now: 1_000_000 };
  let found = 0;
  const broker = new CredentialBroker(
    async () => {
      const lifetime = lifetimes[Math.min(found, lifetimes.length - 1)];
      found += 1;
      if (lifetime instanceof Error) throw lifetime;
      const expiration = lifetime === undefined ? {} : { expiration: new Date(clock.now + lifetime) };
      return { accessKeyId: `key-${found}`, secretAccessKey: 'secret', ...expiration };
    },
    () => clock.now,
  );
  const keyAfter = async (milliseconds: number) => {
    clock.now += milliseconds;
    return (await broker.get()).accessKeyId;
  };
  return { broker, keyAfter, count: () => found };
}

it('finds credentials once for all who ask at the same time, and later', async () => {
  const { broker, keyAfter, count } = createBroker(undefined);

  const all = await Promise.all(Array.from({ length: 50 }, () => broker.get()));

  expect(new Set(all.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(['key-1']));
  expect(await keyAfter(24 * 60 * MINUTE)).toBe('key-1');
  expect(count()).toBe(1);
});

it('replaces them five minutes before they expire, once for all', async () => {
  const { broker, keyAfter, count } = createBroker(60 * MINUTE);

  expect(await keyAfter(0)).toBe('key-1');
  expect(await keyAfter(55 * MINUTE - 1)).toBe('key-1');
  expect(await keyAfter(1)).toBe('key-2');
  await Promise.all(Array.from({ length: 50 }, () => broker.get()));
  expect(count()).toBe(2);
});

it('does not ask again and again for credentials that never live longer than minutes', async () => {
  const { keyAfter } = createBroker(4 * MINUTE);

  const keys = [await keyAfter(0)];
  for (let minute = 1; minute <= 4; minute++) keys.push(await keyAfter(MINUTE));

  expect(keys).toEqual(['key-1', 'key-1', 'key-2', 'key-2', 'key-3']);
});

it('keeps valid credentials if no new ones can be found, and tries again later', async () => {
  const { keyAfter, count } = createBroker(60 * MINUTE, new Error('no device'), 60 * MINUTE);
  await keyAfter(0);

  expect(await keyAfter(56 * MINUTE)).toBe('key-1');
  expect(await keyAfter(29_999)).toBe('key-1');
  expect(count()).toBe(2);
  expect(await keyAfter(1)).toBe('key-3');
});

it('fails for all once they have expired and no others can be found', async () => {
  const { keyAfter } = createBroker(60 * MINUTE, new Error('no device'));
  await keyAfter(0);

  await expect(keyAfter(60 * MINUTE)).rejects.toThrow('no device');
});

it('asks a person or a device once, and not for each client, if that fails at first', async () => {
  const { broker, keyAfter, count } = createBroker(new Error('wrong code'), undefined);

  const all = await Promise.allSettled([broker.get(), broker.get()]);

  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(keyAfter(29_999)).rejects.toThrow('wrong code');
  expect(count()).toBe(1);
  expect(await keyAfter(1)).toBe('key-2');
});

describe('of credentials that S3 has rejected', () => {
  const renew = (broker: CredentialBroker, accessKeyId: string) => broker.get({ rejected: { accessKeyId } } as object);

  it('finds others, once for all who had them rejected', async () => {
    const { broker, count } = createBroker(undefined);
    await broker.get();

    const all = await Promise.all(Array.from({ length: 50 }, () => renew(broker, 'key-1')));
    const late = await renew(broker, 'key-1');

    expect(new Set([...all, late].map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(['key-2']));
    expect(count()).toBe(2);
  });

  it('looks for others once, and not for each request, if it finds the same again', async () => {
    let found = 0;
    const broker = new CredentialBroker(async () => {
      found += 1;
      return { accessKeyId: 'constant', secretAccessKey: 'secret' };
    });
    await broker.get();

    for (let count = 0; count < 5; count++) await renew(broker, 'constant');

    expect(found).toBe(2);
  });

  it('never returns rejected credentials if no others can be found', async () => {
    const { broker, keyAfter } = createBroker(60 * MINUTE, new Error('no device'));
    await keyAfter(0);

    await expect(renew(broker, 'key-1')).rejects.toThrow('no device');
    await expect(broker.get()).rejects.toThrow('no device');
  });
});
