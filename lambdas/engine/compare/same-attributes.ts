import type { ObjectAttributes, ObjectHead } from '../ports/bucket-reader';

/** Whether the checksums of all algorithms that both sides have are equal; undefined if they have none in common. */
export function sameChecksums(a: ObjectHead, b: ObjectHead): boolean | undefined {
  const common = Object.keys(a.checksums).filter((algorithm) => algorithm in b.checksums);
  return common.length === 0
    ? undefined
    : common.every((algorithm) => a.checksums[algorithm] === b.checksums[algorithm]);
}

/** Whether headers, redirect and user metadata are equal. */
export function sameAttributes(a: ObjectAttributes, b: ObjectAttributes): boolean {
  return (
    a.contentType === b.contentType &&
    a.cacheControl === b.cacheControl &&
    a.contentDisposition === b.contentDisposition &&
    a.contentEncoding === b.contentEncoding &&
    a.contentLanguage === b.contentLanguage &&
    a.expires === b.expires &&
    a.websiteRedirect === b.websiteRedirect &&
    a.hiddenMetadata === b.hiddenMetadata &&
    sameMetadata(a.metadata, b.metadata)
  );
}

function sameMetadata(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
