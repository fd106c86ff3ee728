import { join } from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';

const PACKAGE_ROOT = join(__dirname, '..');
const FROM_SOURCE = __filename.endsWith('.ts');

/** How handlers are bundled, here at synthesis and when the package is built. */
export const HANDLER_BUNDLING = {
  format: OutputFormat.CJS,
  target: 'node24',
  // The SDK's ES modules, so that what a handler does not use is left out.
  mainFields: ['module', 'main'],
  // The SDK that is tested is the one that runs, whatever version the runtime carries.
  externalModules: [],
  minify: true,
  keepNames: true,
  sourceMap: true,
  sourcesContent: false,
  logLevel: LogLevel.WARNING,
};

/** Where the built package keeps the bundle of a handler. */
export function handlerFolder(task: string): string {
  return join('handlers', toKebabCase(task));
}

/** The source of a Task's handler, from the root of the repository. */
export function handlerSource(task: string): string {
  return join('lambdas', 'handlers', `${toKebabCase(task)}.ts`);
}

/** The function of a Task: bundled from its source, or in a package as it was bundled when that was built. */
export function createHandlerFunction(
  scope: Construct,
  task: string,
  props: Omit<lambda.FunctionProps, 'code' | 'handler' | 'runtime' | 'architecture'>,
): lambda.Function {
  const platform = { runtime: lambda.Runtime.NODEJS_24_X, architecture: lambda.Architecture.ARM_64 };
  if (!FROM_SOURCE) {
    const code = lambda.Code.fromAsset(join(PACKAGE_ROOT, handlerFolder(task)));
    return new lambda.Function(scope, task, { ...props, ...platform, code, handler: 'index.handler' });
  }
  return new NodejsFunction(scope, task, {
    ...props,
    ...platform,
    entry: join(PACKAGE_ROOT, handlerSource(task)),
    handler: 'handler',
    projectRoot: PACKAGE_ROOT,
    depsLockFilePath: join(PACKAGE_ROOT, 'package-lock.json'),
    bundling: HANDLER_BUNDLING,
  });
}

function toKebabCase(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase();
}
