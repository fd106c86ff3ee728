/** The oldest version that works. `engines` in package.json says the same. */
const OLDEST = 22;

/** @returns one line if Node.js is too old, otherwise undefined */
export function describeOldNode(version: string): string | undefined {
  if (Number.parseInt(version, 10) >= OLDEST) return undefined;
  return `bucketsync requires Node.js ${OLDEST} or newer, but this is ${version}: ${process.execPath}`;
}
