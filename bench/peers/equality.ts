import type { Bucket, ObjectVersion } from '../../local/s3';

export interface Difference {
  /** Keys or contents differ: the tool did not do the job. */
  readonly wrong?: string;
  /** Keys and contents are equal; headers, metadata or ETags are not. */
  readonly lost?: string;
}

/** How the destination differs from the source; nothing where it is equal. */
export function findDifference(source: Bucket, destination: Bucket): Difference {
  const [wrong, lost]: [string[], string[]] = [[], []];
  let copies = 0;
  for (const { key } of source.index.after('')) {
    const [object, copy] = [source.get(key), destination.get(key)];
    if (copy) copies += 1;
    if (!copy) wrong.push(`${key} is missing`);
    else if (!hasContentOf(object, copy)) wrong.push(`${key} has other content`);
    else if (JSON.stringify(object?.metadata) !== JSON.stringify(copy.metadata)) lost.push(`metadata of ${key}`);
    else if (object?.eTag !== copy.eTag) lost.push(`ETag of ${key}`);
  }
  const orphans = destination.index.size - copies;
  if (orphans > 0) wrong.push(`${orphans} orphans are left`);
  return { ...(wrong.length > 0 && { wrong: sumUp(wrong) }), ...(lost.length > 0 && { lost: sumUp(lost) }) };
}

/** A copy may be put together from other parts than its source: then its ETag is another one, but not its content. */
function hasContentOf(object: ObjectVersion | undefined, copy: ObjectVersion): boolean {
  return object?.body === copy.body || object?.body.md5() === copy.body.md5();
}

function sumUp(findings: readonly string[]): string {
  return findings.length === 1 ? `${findings[0]}` : `${findings[0]} and ${findings.length - 1} more`;
}
