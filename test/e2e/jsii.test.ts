import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dependencies, description, license, peerDependencies, version } from '../../package.json';
import { temporaryFolder } from '../support/temporary-folder';

const ROOT = join(__dirname, '../..');
/** It brings a TypeScript of its own. */
const JSII = 'jsii@6.0.16';
/** What `lib/` imports. */
const SOURCES = ['lib', 'statemachine', 'permissions', 'wording', 'LICENSE', 'README.md'];

interface Assembly {
  readonly types: Readonly<Record<string, { readonly properties?: readonly { readonly name: string }[] }>>;
}

/** Our own settings but for the modules: jsii writes CommonJS. */
const TSCONFIG = {
  compilerOptions: {
    ...{ target: 'es2023', lib: ['es2024'], module: 'commonjs', types: ['node'], declaration: true },
    ...{ strict: true, noUncheckedIndexedAccess: true, esModuleInterop: true, resolveJsonModule: true },
    skipLibCheck: true,
  },
  include: ['lib/index.ts'],
};

/** The package as it would be for jsii, which makes packages for Python, Java and .NET of it. */
function describePackage(): object {
  const { piscina: _, ...bundled } = dependencies;
  return {
    ...{ name: 'bucketsync', version, description, license, peerDependencies, dependencies: bundled },
    ...{ author: { name: 'bucketsync' }, repository: { type: 'git', url: 'https://example.com/bucketsync.git' } },
    ...{ main: 'lib/index.js', types: 'lib/index.d.ts', stability: 'experimental' },
    bundledDependencies: Object.keys(bundled),
    jsii: { targets: {}, outdir: 'out', tsconfig: 'tsconfig.json', validateTsconfig: 'off' },
  };
}

it('jsii accepts the construct as it is, so that a package for other languages can follow', () => {
  const folder = temporaryFolder();
  const [compiler, project] = [join(folder, 'compiler'), join(folder, 'project')];
  execFileSync('npm', ['install', '--prefix', compiler, '--no-audit', '--no-fund', JSII], { stdio: 'pipe' });
  for (const source of SOURCES) cpSync(join(ROOT, source), join(project, source), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  writeFileSync(join(project, 'package.json'), JSON.stringify(describePackage()));
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(TSCONFIG));

  execFileSync(process.execPath, [join(compiler, 'node_modules/jsii/bin/jsii')], { cwd: project, stdio: 'pipe' });

  const { types }: Assembly = JSON.parse(readFileSync(join(project, '.jsii'), 'utf8'));
  expect(Object.keys(types)).toEqual(expect.arrayContaining(['bucketsync.BucketSync', 'bucketsync.IBucketSync']));
  const fields = types['bucketsync.SyncMirror']?.properties?.map(({ name }) => name);
  expect(fields).toEqual(expect.arrayContaining(['source', 'destination']));
});
