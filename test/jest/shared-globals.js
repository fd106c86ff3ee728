const net = require('node:net');
const { LegacyFakeTimers, ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

/**
 * The environment of suites that share their packages: their globals are the worker's own, so that an error or an array of
 * a package is an `instanceof Error` or `Array` for a suite too. What a suite changes of them is set back when it ends.
 */
module.exports = class SharedGlobalsEnvironment {
  /** For `SharedPackagesRuntime`. */
  sharesGlobals = true;

  constructor({ projectConfig }) {
    this.setBack = [
      ...[globalThis, process, Math, Date, JSON].map(keepProperties),
      keepStateOfJest(),
      keepEnvironmentVariables(),
      keepListeners(),
      keepFolder(),
      keepConnecting(),
    ];
    this.global = globalThis;
    this.moduleMocker = new ModuleMocker(globalThis);
    const timers = { config: projectConfig, global: globalThis };
    const timerConfig = { idToRef: (timer) => timer, refToId: (timer) => timer };
    this.fakeTimers = new LegacyFakeTimers({ ...timers, moduleMocker: this.moduleMocker, timerConfig });
    this.fakeTimersModern = new ModernFakeTimers(timers);
  }

  async setup() {}

  async teardown() {
    this.fakeTimers.dispose();
    this.fakeTimersModern.dispose();
    this.moduleMocker.restoreAllMocks();
    for (const setBack of this.setBack) setBack();
    this.global = null;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  /** Jest only sees by it whether the suite has ended: the runtime compiles in the worker's own context. */
  getVmContext() {
    return this.global;
  }
};

/** New properties stay: packages keep their state there, as the CDK does with its tokens. */
function keepProperties(object) {
  const before = Object.getOwnPropertyDescriptors(object);
  return () => {
    for (const name of Reflect.ownKeys(before)) {
      const { value, get } = before[name];
      const now = Object.getOwnPropertyDescriptor(object, name);
      if (now?.value !== value || now?.get !== get) Object.defineProperty(object, name, before[name]);
    }
  };
}

/** Jest's own: the tests of a suite, who is told of them, and their time limit. */
const OF_JEST =
  /^(JEST_STATE_SYMBOL|EVENT_HANDLERS|TEST_TIMEOUT_SYMBOL|RETRY_\w+|WAIT_BEFORE_RETRY|LOG_ERRORS_BEFORE_RETRY)$/;

/**
 * Jest expects new globals for each suite. In these, an ended suite would be told of all later tests, an error that nobody
 * caught would belong to the first suite, and nothing that a suite has loaded could be freed.
 */
function keepStateOfJest() {
  const symbols = () => Object.getOwnPropertySymbols(globalThis).filter(({ description }) => OF_JEST.test(description));
  const before = symbols();
  return () => {
    for (const symbol of symbols()) if (!before.includes(symbol)) delete globalThis[symbol];
  };
}

function keepEnvironmentVariables() {
  const before = { ...process.env };
  return () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  };
}

/** Of signals and of errors nobody caught; a listener that a suite forgot would be called in the suites after it. */
function keepListeners() {
  const before = new Map(process.eventNames().map((name) => [name, process.rawListeners(name)]));
  return () => {
    for (const name of process.eventNames()) {
      for (const listener of process.rawListeners(name)) {
        if (!before.get(name)?.includes(listener)) process.off(name, listener);
      }
    }
  };
}

/** How long Node.js waits for each address of a host; the command line sets that for its process. */
function keepConnecting() {
  const attemptMs = net.getDefaultAutoSelectFamilyAttemptTimeout();
  return () => net.setDefaultAutoSelectFamilyAttemptTimeout(attemptMs);
}

function keepFolder() {
  const folder = process.cwd();
  const mask = process.umask();
  return () => {
    process.umask(mask);
    if (process.cwd() !== folder) process.chdir(folder);
  };
}
