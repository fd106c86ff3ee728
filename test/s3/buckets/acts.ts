import { MIB } from '../../support/put-in-parts';
import type { Act, World } from './recorded-world';

export const copyOf = (key: string, eTag: string) =>
  ({ key, sourceETag: eTag, storageClass: 'STANDARD', tags: 'copy' }) as const;
const eTagOf = ({ from }: World, key: string) => from.get(key)?.eTag ?? '';

async function listAll({ source }: World, keyPrefix = ''): Promise<unknown[]> {
  const pages = [await source.listPage({ keyPrefix })];
  for (let next = pages[0]?.next; next !== undefined; next = pages.at(-1)?.next) {
    pages.push(await source.listPage({ keyPrefix, continuation: next }));
  }
  return pages;
}

/** Deletes, and tells of what was not deleted all that a port has. */
export function failuresOf(destination: World['destination']) {
  return async (...asked: Parameters<World['destination']['deleteObjects']>) => {
    const failures = await destination.deleteObjects(...asked);
    return failures.map(({ key, error: { name, message } }) => ({ key, name, message }));
  };
}

/** An upload of the object `parts`, with as many parts copied as asked for. */
async function upload({ source, destination, ...world }: World, parts: number) {
  const key = 'parts';
  const { attributes, eTag } = await source.headObject(key);
  const checksum = { algorithm: 'SHA256', type: 'COMPOSITE' } as const;
  const tags = [{ name: 'team', value: 'red & blue' }];
  const uploadId = await destination.uploads.create({ key, attributes, tags, storageClass: 'STANDARD_IA', checksum });
  const uploaded = [];
  for (const [part, first, last] of [[1, 0, 5 * MIB - 1] as const, [2, 5 * MIB, 11 * MIB - 1] as const].slice(
    0,
    parts,
  )) {
    const request = { key, uploadId, part, sourceETag: eTag, sizeBytes: last - first + 1, bytes: { first, last } };
    uploaded.push(await destination.uploads.copyPart(request));
  }
  return { ...world, uploads: destination.uploads, key, uploadId, uploaded, checksum, sizeBytes: 11 * MIB };
}

export const READS: Readonly<Record<string, Act>> = {
  'lists all pages': (world) => listAll(world),
  'lists below a prefix': (world) => listAll(world, 're'),
  'lists behind a key': ({ source }) => source.listPage({ startAfter: 'headers', maxKeys: 2 }),
  'lists behind a place that is longer than a key': ({ source }) => source.listPage({ startAfter: 'p'.repeat(2000) }),
  'refuses a token that S3 did not give': ({ source }) => source.listPage({ continuation: 'mine' }),
  'reads the headers of an object': ({ source }) => source.headObject('headers'),
  'reads the headers of an archived object': ({ source }) => source.headObject('archived'),
  'reads the headers of an object that KMS encrypts': ({ source }) => source.headObject('kms', { checksums: true }),
  'reads how many tags there are': ({ source }) => source.headObject('a key & <ü> %'),
  'reads a full checksum': ({ source }) => source.headObject('plain', { checksums: true }),
  'reads a composite checksum': ({ source }) => source.headObject('parts', { checksums: true }),
  'does not find what is not there': ({ source }) => source.headObject('none'),
  'reads a part': ({ source }) => source.headPart('parts', 2),
  'reads the checksum of a part': ({ source }) => source.headPart('parts', 1, { checksums: true }),
  'reads the only part of an object': ({ source }) => source.headPart('plain', 1),
  'does not find a part': ({ source }) => source.headPart('parts', 3),
  'lists the sizes of parts': (world) =>
    world.source.listPartSizes({ key: 'parts', eTag: eTagOf(world, 'folder/parts') }),
  'lists no sizes of another version': ({ source }) => source.listPartSizes({ key: 'parts', eTag: 'other' }),
  'lists no sizes of parts without checksums': (world) =>
    world.source.listPartSizes({ key: 'bare parts', eTag: eTagOf(world, 'folder/bare parts') }),
  'reads tags': ({ source }) => source.readTags('a key & <ü> %'),
  'counts tags': ({ source }) => source.countTags('a key & <ü> %'),
  'counts no tags of what is not there': ({ source }) => source.countTags('none'),
  'reads that there are no tags': ({ source }) => source.readTags('plain'),
  'reads no tags of what is not there': ({ source }) => source.readTags('none'),
  'begins to restore': ({ source }) => source.restoreObject({ key: 'archived', tier: 'Bulk', days: 3 }),
  'finds a restore under way': ({ source }) => source.restoreObject({ key: 'restoring', tier: 'Standard', days: 1 }),
  'finds what is restored': ({ source }) => source.restoreObject({ key: 'restored', tier: 'Bulk', days: 1 }),
  'restores no object that is not archived': ({ source }) =>
    source.restoreObject({ key: 'plain', tier: 'Bulk', days: 1 }),
  'may not list': (world) => {
    world.from.denied.add('s3:ListBucket');
    return listAll(world);
  },
  'may not read': (world) => {
    world.from.denied.add('s3:GetObject');
    return world.source.headObject('plain');
  },
  'may not read tags': (world) => {
    world.from.denied.add('s3:GetObjectTagging');
    return world.source.readTags('plain');
  },
};

export const WRITES: Readonly<Record<string, Act>> = {
  'copies an object with all that it has': (world) =>
    world.destination.copyObject(copyOf('headers', eTagOf(world, 'folder/headers'))),
  'copies tags': (world) =>
    world.destination.copyObject(copyOf('a key & <ü> %', eTagOf(world, 'folder/a key & <ü> %'))),
  'leaves tags out': (world) =>
    world.destination.copyObject({ ...copyOf('a key & <ü> %', eTagOf(world, 'folder/a key & <ü> %')), tags: 'ignore' }),
  'copies with other headers and another class': async (world) => {
    const { attributes } = await world.source.headObject('headers');
    const request = { ...copyOf('headers', eTagOf(world, 'folder/headers')), storageClass: 'STANDARD_IA', attributes };
    return world.destination.copyObject(request);
  },
  'copies with the redirect of a website': (world) =>
    world.destination.copyObject({ ...copyOf('plain', eTagOf(world, 'folder/plain')), websiteRedirect: '/elsewhere' }),
  'copies no other version': ({ destination }) => destination.copyObject(copyOf('plain', 'other')),
  'copies nothing that is not there': ({ destination }) => destination.copyObject(copyOf('none', 'other')),
  'copies nothing that is archived': (world) =>
    world.destination.copyObject(copyOf('archived', eTagOf(world, 'folder/archived'))),
  'copies only if the destination has nothing there': (world) => {
    world.to.put('plain', 'in the way');
    const request = copyOf('plain', eTagOf(world, 'folder/plain'));
    return world.destination.copyObject({ ...request, destination: 'absent' });
  },
  'copies over the version that it names': (world) => {
    const { eTag } = world.to.put('plain', 'old');
    return world.destination.copyObject({ ...copyOf('plain', eTagOf(world, 'folder/plain')), destination: { eTag } });
  },
  'copies over no other version': (world) => {
    world.to.put('plain', 'changed');
    const request = copyOf('plain', eTagOf(world, 'folder/plain'));
    return world.destination.copyObject({ ...request, destination: { eTag: '0'.repeat(32) } });
  },
  'copies over nothing that is gone': (world) => {
    const request = copyOf('plain', eTagOf(world, 'folder/plain'));
    return world.destination.copyObject({ ...request, destination: { eTag: '0'.repeat(32) } });
  },
  'copies nothing to a key that is too long': async (world) => {
    const key = 'k'.repeat(1020);
    world.from.put(`folder/${key}`.slice(0, 1024), 'x');
    return world.destination.copyObject(copyOf(key, 'other'));
  },
  'copies no more metadata than S3 keeps': async (world) => {
    const attributes = { metadata: { large: 'x'.repeat(2100) } };
    return world.destination.copyObject({ ...copyOf('plain', eTagOf(world, 'folder/plain')), attributes });
  },
  'copies to no class that S3 does not have': (world) =>
    world.destination.copyObject({ ...copyOf('plain', eTagOf(world, 'folder/plain')), storageClass: 'NONE' }),
  'may not write': (world) => {
    world.to.denied.add('s3:PutObject');
    return world.destination.copyObject(copyOf('plain', eTagOf(world, 'folder/plain')));
  },
  'may not use the key': (world) => {
    world.from.denied.add('kms:Decrypt');
    return world.destination.copyObject(copyOf('kms', eTagOf(world, 'folder/kms')));
  },
  'deletes many objects, some of them odd': (world) => {
    const keys = ['a', 'b & <c>', '\u0001', ' ', 'kept'];
    for (const key of keys) world.to.put(key, 'x');
    const requests = keys.map((key) => ({ key, eTag: key === 'kept' ? '0'.repeat(32) : world.to.get(key)?.eTag }));
    return failuresOf(world.destination)(requests);
  },
  'deletes what is confirmed': (world) => {
    for (const key of ['a', 'b']) world.to.put(key, 'x');
    return failuresOf(world.destination)([{ key: 'a' }, { key: 'b' }], ([first]) => (first ? [first] : []));
  },
  'deletes what is not there': ({ destination }) => failuresOf(destination)([{ key: 'none' }]),
  'deletes nothing under a condition that is not there': ({ destination }) =>
    failuresOf(destination)([{ key: 'none', eTag: '0'.repeat(32) }]),
  'may not delete': (world) => {
    world.to.put('a', 'x');
    world.to.denied.add('s3:DeleteObject');
    return failuresOf(world.destination)([{ key: 'a' }]);
  },
  'hides an object where versions are kept': (world) => {
    world.to.versioning = 'Enabled';
    world.to.put('a', 'x');
    return failuresOf(world.destination)([{ key: 'a' }]);
  },
};

export const UPLOADS: Readonly<Record<string, Act>> = {
  'completes an upload': async (world) => {
    const { uploads, uploaded, uploadId: _id, ...rest } = await upload(world, 2);
    return [uploaded, await uploads.complete({ ...rest, uploadId: _id, parts: uploaded })];
  },
  'completes an upload only if the destination has nothing there': async (world) => {
    world.to.put('parts', 'in the way');
    const { uploads, uploaded, ...rest } = await upload(world, 2);
    return uploads.complete({ ...rest, parts: uploaded, destination: 'absent' });
  },
  'completes no upload of another size': async (world) => {
    const { uploads, uploaded, ...rest } = await upload(world, 2);
    return uploads.complete({ ...rest, parts: uploaded, sizeBytes: 1 });
  },
  'completes no upload with a part that was not uploaded': async (world) => {
    const { uploads, uploaded, ...rest } = await upload(world, 1);
    const more = uploaded.map((part) => ({ ...part, part: 2 }));
    return uploads.complete({ ...rest, parts: [...uploaded, ...more] });
  },
  'completes no upload with a wrong checksum': async (world) => {
    const { uploads, uploaded, ...rest } = await upload(world, 2);
    return uploads.complete({ ...rest, parts: uploaded, checksums: { SHA256: `${'A'.repeat(43)}=` } });
  },
  'completes no upload that has ended': async (world) => {
    const { uploads, uploaded, key, uploadId, ...rest } = await upload(world, 1);
    await uploads.abort(key, uploadId);
    return uploads.complete({ ...rest, key, uploadId, parts: uploaded });
  },
  'lists the parts of an upload': async (world) => {
    const { uploads, key, uploadId } = await upload(world, 2);
    return uploads.listParts(key, uploadId);
  },
  'lists no parts of an upload that has ended, and ends it once more': async (world) => {
    const { uploads, key, uploadId } = await upload(world, 1);
    await uploads.abort(key, uploadId);
    await uploads.abort(key, uploadId);
    return uploads.listParts(key, uploadId);
  },
  'copies no part of another version': async (world) => {
    const { uploads, key, uploadId } = await upload(world, 0);
    return uploads.copyPart({ key, uploadId, part: 1, sourceETag: 'other', sizeBytes: 1 });
  },
  'copies no part into an upload that has ended': async (world) => {
    const { uploads, key } = await upload(world, 0);
    return uploads.copyPart({ key, uploadId: 'none', part: 1, sourceETag: 'other', sizeBytes: 1 });
  },
};

export const PROBES: Readonly<Record<string, Act>> = {
  'asks whether a bucket is a website': ({ probes }) => probes.isWebsite('source'),
  'asks whether a bucket without a website is one': ({ probes }) => probes.isWebsite('destination'),
  'may not ask whether a bucket is a website': (world) => {
    world.from.denied.add('s3:GetBucketWebsite');
    return world.probes.isWebsite('source');
  },
  'asks whether a bucket uses ACLs': ({ probes }) => probes.usesAcls(),
  'finds a bucket that is older than the ownership of objects': (world) => {
    world.to.ownership = undefined;
    return world.probes.usesAcls();
  },
  'may not ask about ACLs': (world) => {
    world.to.denied.add('s3:GetBucketOwnershipControls');
    return world.probes.usesAcls();
  },
  'asks which former versions are removed': (world) => {
    const rule = (more: string, days: number) =>
      `<Rule>${more}<NoncurrentVersionExpiration><NoncurrentDays>${days}</NoncurrentDays></NoncurrentVersionExpiration></Rule>`;
    world.to.lifecycle =
      rule('<Filter></Filter><Status>Enabled</Status>', 30) +
      rule('<Filter><Prefix>a/</Prefix></Filter><Status>Enabled</Status>', 7) +
      rule('<Filter><And><Prefix>b/</Prefix></And></Filter><Status>Enabled</Status>', 8) +
      rule('<Prefix>c/</Prefix><Status>Enabled</Status>', 9) +
      rule('<Filter></Filter><Status>Disabled</Status>', 1) +
      '<Rule><Filter></Filter><Status>Enabled</Status></Rule>';
    return world.probes.versionExpiries();
  },
  'finds no rule about former versions': ({ probes }) => probes.versionExpiries(),
  'may not ask about lifecycle rules': (world) => {
    world.to.denied.add('s3:GetLifecycleConfiguration');
    return world.probes.versionExpiries();
  },
  'reads one byte': ({ probes }) => probes.readObject('plain'),
  'reads no byte of what is archived': ({ probes }) => probes.readObject('archived'),
  'copies nothing': ({ probes }) => probes.copyNothing('plain', 'probe', 'absent'),
  'may copy nothing': (world) => {
    world.to.denied.add('s3:PutObject');
    return world.probes.copyNothing('plain', 'probe', 'present');
  },
  'tries a write': ({ probes }) => probes.acceptsWrite('probe', { sse: 'aws:kms', storageClass: 'STANDARD_IA' }),
  'tries a write that is refused': ({ probes }) => probes.acceptsWrite('probe', { storageClass: 'NONE' }),
  'restores nothing': ({ probes }) => probes.restoreNothing('none'),
  'deletes nothing': ({ probes }) => probes.deleteNothing('none'),
  'finds a region': ({ findRegion, from }) => findRegion(from.name, undefined, '', undefined, 'source'),
  'finds no bucket': ({ findRegion }) => findRegion('none', undefined, '', undefined, 'source'),
};

export const LOCKS: Readonly<Record<string, Act>> = {
  'finds no lock': ({ lock }) => lock.read(),
  'writes a lock once, and reads it': async ({ lock }) => {
    const wrote = [await lock.write('mine', undefined), await lock.write('yours', undefined)];
    const { now = 0, writtenAt = 0, ...found } = (await lock.read()) ?? {};
    return { wrote, found, isYoung: now - writtenAt < 60_000 };
  },
  'writes over the version that it read, and over no other': async ({ lock }) => {
    await lock.write('mine', undefined);
    const { version = '' } = (await lock.read()) ?? {};
    return [await lock.write('mine again', version), await lock.write('yours', version)];
  },
  'removes the version that it read, and no other': async ({ lock }) => {
    await lock.write('mine', undefined);
    const { version = '' } = (await lock.read()) ?? {};
    return [await lock.remove(`"${'0'.repeat(32)}"`), await lock.remove(version), (await lock.read())?.body];
  },
  'empties a lock that it may not delete': async (world) => {
    world.to.denied.add('s3:DeleteObject');
    await world.lock.write('mine', undefined);
    const { version = '' } = (await world.lock.read()) ?? {};
    return [await world.lock.remove(version), (await world.lock.read())?.body];
  },
  'may not write a lock': (world) => {
    world.to.denied.add('s3:PutObject');
    return world.lock.write('mine', undefined);
  },
};
