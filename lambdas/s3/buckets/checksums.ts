const MEMBER = /^Checksum(?!Type$|Algorithm$|Mode$)(\w+)$/;

/** The checksums in S3's answer, by algorithm: `ChecksumCRC64NVME: "…"` becomes `CRC64NVME: "…"`. */
export function readChecksums(answer: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(answer).flatMap(([member, value]) => {
      const algorithm = MEMBER.exec(member)?.[1];
      return algorithm && typeof value === 'string' ? [[algorithm, value]] : [];
    }),
  );
}

/** The same as members of a request. */
export function checksumMembers(checksums: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(checksums).map(([algorithm, value]) => [`Checksum${algorithm}`, value]));
}
