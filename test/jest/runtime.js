const { createRequire, isBuiltin } = require('node:module');
const { sep } = require('node:path');
const { compileFunction, constants } = require('node:vm');
const { default: JestRuntime } = require('jest-runtime');

const IN_PACKAGE = `${sep}node_modules${sep}`;

/**
 * Loads packages once a worker: the AWS SDK, the CDK and others come from the worker's own `require`, so that no suite
 * reads them again. The project's own files are loaded afresh for each suite, as Jest does, but among the worker's own globals.
 */
module.exports = class SharedPackagesRuntime extends JestRuntime {
  constructor(...all) {
    super(...all);
    const { executor } = this;
    this.shares = executor.environment.sharesGlobals === true;
    if (!this.shares) return;
    executor.compile = (source, filename) =>
      executor.environment.getVmContext() && compileOnce(source, filename, executor.injectedModuleParameters);
  }

  requireModule(from, moduleName, options, isRequireActual) {
    const path = options?.isInternalModule || !this.shares ? undefined : pathInPackage(from, moduleName);
    return path === undefined ? super.requireModule(from, moduleName, options, isRequireActual) : require(path);
  }

  /** Jest would change `process`, which here is the worker's own. */
  installGetBuiltinModule() {
    if (!this._environment.sharesGlobals) super.installGetBuiltinModule();
  }
};

/** Files of the project by name, compiled. */
const compiled = new Map();

/** A file is run afresh for each suite, but what V8 has compiled and learnt of it stays: the code is the same. */
function compileOnce(source, filename, parameters) {
  const known = compiled.get(filename);
  if (known?.source === source) return known.run;
  const run = compileFunction(source, parameters, {
    filename,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  compiled.set(filename, { source, run });
  return run;
}

function pathInPackage(from, moduleName) {
  if (moduleName === undefined || /^[./]/.test(moduleName) || isBuiltin(moduleName)) return;
  const path = createRequire(from).resolve(moduleName);
  return path.includes(IN_PACKAGE) ? path : undefined;
}
