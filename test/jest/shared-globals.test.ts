import net from 'node:net';
import { dirname } from 'node:path';
import * as fc from 'fast-check';
import { compareKeys } from '../../lambdas/engine/keys/compare-keys';

// Jest loads it by a path in its configuration.
const Environment = require('./shared-globals.js') as new (config: {
  readonly projectConfig: object;
}) => {
  readonly moduleMocker: typeof jest;
  teardown(): Promise<void>;
};
/** That of the worker; the one that Jest gives suites reads through Jest. */
const { createRequire } = process.getBuiltinModule('node:module');
const suite = () => new Environment({ projectConfig: { fakeTimers: {}, testEnvironmentOptions: {} } });

it('takes packages from the worker, so that what they make is an instance of what a suite knows', () => {
  expect(fc.sample(fc.array(fc.nat()), 1)[0]).toBeInstanceOf(Array);
  expect(fc.assert).toBe(createRequire(__filename)('fast-check').assert);
});

it('loads the files of the project afresh, with state of their own', () => {
  const lambdas = dirname(require.resolve('../../lambdas/engine/keys/compare-keys'));
  const { cache } = createRequire(__filename);

  expect(compareKeys('a', 'b')).toBeLessThan(0);
  expect(Object.keys(cache).some((path) => path.includes('fast-check'))).toBe(true);
  expect(Object.keys(cache).filter((path) => path.startsWith(lambdas))).toEqual([]);
});

describe('once a suite has ended', () => {
  it.each<[what: string, change: () => void, read: () => unknown]>([
    ['an environment variable that it set', () => (process.env.SET_BY_A_SUITE = 'x'), () => process.env.SET_BY_A_SUITE],
    ['one that it deleted', () => delete process.env.PATH, () => process.env.PATH],
    ['one that it changed', () => (process.env.PATH = '/'), () => process.env.PATH],
    ['a global', () => (globalThis.fetch = async () => new Response()), () => globalThis.fetch],
    ['a function of `Math`', () => (Math.random = () => 0), () => Math.random],
    ['the clock', () => (Date.now = () => 0), () => Date.now],
    ['`process.exit`', () => (process.exit = () => undefined as never), () => process.exit],
    ['the folder', () => process.chdir('/'), () => process.cwd()],
    ['the mask of new files', () => process.umask(0o77), () => process.umask()],
    [
      'how long each address of a host gets',
      () => net.setDefaultAutoSelectFamilyAttemptTimeout(9_999),
      () => net.getDefaultAutoSelectFamilyAttemptTimeout(),
    ],
    [
      'the state of Jest',
      () => Object.assign(globalThis, { [Symbol('JEST_STATE_SYMBOL')]: {}, [Symbol.for('RETRY_TIMES')]: 1 }),
      () => Object.getOwnPropertySymbols(globalThis).length,
    ],
    ['listeners to signals', () => process.on('SIGUSR2', () => {}), () => process.listenerCount('SIGUSR2')],
  ])('%s is as it was', async (_what, change, read) => {
    const before = read();
    const environment = suite();

    change();
    const during = read();
    await environment.teardown();

    expect(during).not.toEqual(before);
    expect(read()).toBe(before);
  });

  it('its spies are gone', async () => {
    const environment = suite();
    environment.moduleMocker.spyOn(JSON, 'stringify').mockReturnValue('spied');
    const during = JSON.stringify(1);

    await environment.teardown();

    expect([during, JSON.stringify(1)]).toEqual(['spied', '1']);
  });
});
