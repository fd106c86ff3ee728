/** The oldest that has all that is used; `engines` of package.json says the same. */
const OLDEST = 22;

/** @returns one line about a Node.js that is too old; undefined if it is not */
export function describeOldNode(version: string): string | undefined {
  if (Number.parseInt(version, 10) >= OLDEST) return undefined;
  return `bucketsync needs Node.js ${OLDEST} or newer, and this is ${version}: ${process.execPath}`;
}
