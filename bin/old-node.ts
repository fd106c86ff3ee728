/** The oldest version that undici, the HTTP client, works with. `engines` in package.json says the same. */
const OLDEST = '22.19';

/** @returns one line if Node.js is too old, otherwise undefined */
export function describeOldNode(version: string): string | undefined {
  if (compare(version, OLDEST) >= 0) return undefined;
  return `bucketsync requires Node.js ${OLDEST} or newer, but this is ${version}: ${process.execPath}`;
}

function compare(left: string, right: string): number {
  const [a = 0, b = 0] = left.split('.').map(Number);
  const [c = 0, d = 0] = right.split('.').map(Number);
  return a - c || b - d;
}
