import { join } from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';

const PACKAGE_ROOT = join(__dirname, '..');
const FROM_SOURCE = __filename.endsWith('.ts');

/** How handlers are bundled, at synthesis and when the package is built. */
export const HANDLER_BUNDLING = {
  format: OutputFormat.CJS,
  target: 'node24',
  // the SDK's ES modules, so that parts that a handler does not use are left out
  mainFields: ['module', 'main'],
  // Functions run the tested SDK, not the version of the Lambda runtime. Left out is undici's second parser, a tenth of the code: it is
  // loaded only if UNDICI_USE_MILO asks for it.
  externalModules: ['../milo/simd.js', '../milo/no-simd.js'],
  minify: true,
  keepNames: true,
  sourceMap: true,
  sourcesContent: false,
  logLevel: LogLevel.WARNING,
};

/** Location of a handler's bundle in the built package. */
export function handlerFolder(task: string): string {
  return join('handlers', toKebabCase(task));
}

/** The source of a Task's handler, relative to the root of the repository. */
export function handlerSource(task: string): string {
  return join('lambdas', 'handlers', `${toKebabCase(task)}.ts`);
}

/** The function of a Task: bundled from its source, or in a package, the bundle from when the package was built. */
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
