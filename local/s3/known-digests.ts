/** Content, of which `pattern` names all bytes if they follow a rule. */
interface Content {
  readonly pattern?: string;
}

/** More than the objects of a test or of the demo have parts. */
const MOST = 10_000;

/** Digests of content that is a repeated pattern. It is asked for again and again: of an object, its copy, and their parts. */
const known = new Map<string, string>();

/** A digest of content that was digested before. Of other bytes none is known. */
export function knownDigest(algorithm: string, { pattern }: Content): string | undefined {
  return pattern === undefined ? undefined : known.get(`${algorithm} ${pattern}`);
}

/** @returns the digest */
export function keepDigest(algorithm: string, { pattern }: Content, digest: string): string {
  if (known.size >= MOST) known.clear();
  if (pattern !== undefined) known.set(`${algorithm} ${pattern}`, digest);
  return digest;
}
