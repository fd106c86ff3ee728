/**
 * Checks a package as others will load it, by publint and by "Are the types wrong?":
 * `node --import ./bin/tsx.mjs scripts/lint-package.mts bucketsync-0.1.0.tgz`
 */
import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

async function main([tarball]: readonly string[]): Promise<void> {
  if (tarball === undefined) throw new Error('Expected the name of a tarball that `npm pack` has made');
  const data = new Uint8Array(readFileSync(tarball));
  const findings = [...(await findByPublint(data)), ...(await findWrongTypes(data))];
  for (const finding of findings) console.error(finding);
  if (findings.length > 0) process.exitCode = 1;
}

async function findByPublint({ buffer }: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const { messages, pkg = {} } = await publint({ pack: { tarball: buffer }, strict: true });
  return messages.map((message) => `publint: ${message.type}: ${formatMessage(message, pkg) ?? message.code}`);
}

async function findWrongTypes(data: Uint8Array): Promise<string[]> {
  const result = await checkPackage(createPackageFromTarballData(data));
  if (!result.types) return ['arethetypeswrong: the package has no types'];
  return result.problems.map((problem) => `arethetypeswrong: ${JSON.stringify(problem)}`);
}

void main(process.argv.slice(2));
