/**
 * Where other servers do something else than AWS: behaviour (the title of its test) → server → what it does instead.
 *
 * Measured by running this suite against MiniStack 1.4.21 and moto 5.2.1. A row is a test that must fail there; when the server
 * catches up, the suite says which row to remove.
 */
export const deviations: Record<string, Record<string, string>> = {
  // keys
  'every awkward key can be put and read back': { moto: 'a key with a line feed is an HTML 404' },
  'every awkward key can be tagged while it is uploaded in parts': { ministack: 'tags are lost' },
  'every awkward key is listed among the uploads, and can be given up': {
    ministack: 'ListMultipartUploads ignores EncodingType',
    moto: 'ListMultipartUploads ignores EncodingType',
  },
  'every awkward key that XML can carry can be deleted in a batch': {
    ministack: 'a carriage return comes back as a line feed',
    moto: 'a carriage return comes back as a line feed',
  },
  'a key that XML cannot carry makes the whole batch malformed': { moto: '500' },
  'a key of more than 1,024 bytes is too long': { ministack: 'accepted', moto: 'accepted' },

  // lists
  'a page echoes its continuation token': { moto: 'left out' },
  'a continuation token that S3 did not give is an InvalidArgument': {
    ministack: 'lists from the start',
    moto: '500',
  },
  'MaxKeys 0 lists nothing and is not truncated': { ministack: 'truncated' },
  'MaxKeys above 1000 counts as 1000': { ministack: 'echoed as it is', moto: 'echoed as it is' },
  'EncodingType url writes a space as + and leaves slashes': { ministack: 'writes %20', moto: 'writes %20' },
  'EncodingType url encodes prefix, delimiter, StartAfter and common prefixes too': {
    ministack: 'writes %20',
    moto: 'delimiter and StartAfter come as they are',
  },
  'without EncodingType, control characters come as character references': {
    ministack: 'they come raw',
    moto: 'they come raw',
  },
  'an unknown EncodingType is an InvalidArgument': { ministack: 'accepted', moto: 'accepted' },
  'an entry has the quoted ETag, size, class and whole-second time of its object': {
    ministack: 'times have milliseconds in lists, and none in heads',
  },
  'an entry names the checksum algorithm and type of its object': { ministack: 'neither', moto: 'no type' },
  'the first version of the list pages by marker': { moto: 'keys come first, then common prefixes' },

  // objects
  'user metadata that is not ASCII comes back in the form of RFC 2047': { ministack: 'as UTF-8', moto: 'as UTF-8' },
  'user metadata of more than 2 KB is too large': { ministack: 'accepted', moto: 'accepted' },
  'an archived object has a head, but no content until it is restored': { ministack: 'gives the content' },
  'objects are encrypted by S3 unless something else is asked for': {
    ministack: 'no encryption header',
    moto: 'no encryption header',
  },
  'under KMS the ETag is not the MD5 of the content': { ministack: 'insists on a key id', moto: 'the MD5' },
  'a head of a range has its length': { ministack: 'the length of the whole' },
  'tags sent with an object can be read, and are counted in its head': { ministack: 'no count' },
  'a tag is made of letters, digits, spaces and a few signs': { ministack: 'any characters' },
  'a tag key given twice is an InvalidTag': { ministack: 'accepted', moto: 'accepted' },
  'GetObjectAttributes gives the ETag without quotes, size, class and checksum': {
    ministack: 'no class for STANDARD',
    moto: 'Last-Modified in a form the SDK cannot read',
  },

  // checksums
  'a checksum that is right is kept and returned, whatever the algorithm': {
    ministack: 'not returned',
    moto: 'not returned',
  },
  'a checksum that is wrong is a BadDigest, whatever the algorithm': { ministack: 'accepted', moto: 'accepted' },
  'an object sent without a checksum gets a CRC64NVME': { ministack: 'none', moto: 'none' },
  'a Content-MD5 that is wrong is a BadDigest': { moto: 'accepted' },
  'a Content-MD5 that is none is an InvalidDigest': { moto: 'accepted' },
  'a copy keeps the checksum of its source': { ministack: 'none in the answer' },
  'a copy has another checksum when one is asked for': {
    ministack: 'the checksum of the source',
    moto: 'CRC32 under the name of CRC32C and CRC64NVME',
  },

  // conditions
  'a GET is not modified when If-None-Match does not hold': { moto: 'does not know *' },
  'an ETag counts for more than a time': { moto: 'all conditions must hold' },
  'a PUT knows no other If-None-Match than *': { ministack: 'accepted', moto: 'accepted' },

  // copies
  'a copy answers with the quoted ETag and the time of the new object': { ministack: 'time with milliseconds' },
  'a copy takes content headers, user metadata and tags along': { ministack: 'tags are not counted' },
  'a copy is STANDARD unless it asks for another class': { ministack: 'inherits the class' },
  'a copy has no website redirect unless it asks for one': { ministack: 'inherits it', moto: 'inherits it' },
  'MetadataDirective REPLACE takes all metadata from the request and leaves the tags': {
    ministack: 'keeps Content-Encoding, does not count tags',
  },
  'a CopySource without a key is an InvalidArgument': { moto: '500' },
  'a copy is refused when CopySourceIfMatch does not hold': { moto: 'copies' },
  'a copy is refused when CopySourceIfUnmodifiedSince does not hold': { moto: 'copies' },
  'a copy is refused when CopySourceIfModifiedSince does not hold': { moto: 'copies' },
  'a copy with If-None-Match * is made only where there is no object': { ministack: 'copies', moto: 'copies' },
  'a copy with If-Match replaces only the object it names': { ministack: 'copies', moto: 'copies' },
  'a copy with If-Match onto a missing key is a NoSuchKey': { ministack: 'copies', moto: 'copies' },
  'a copy onto itself that changes nothing is an InvalidRequest': { ministack: 'copies' },
  'an archived object that is not restored cannot be copied': {
    ministack: 'copies',
    moto: '403 ObjectNotInActiveTierError',
  },
  'a copy into an archive class can be made, and then not read': { ministack: 'gives the content' },
  'a copy under KMS has an ETag of its own': { ministack: 'insists on a key id', moto: 'the MD5' },

  // multipart uploads
  'what is said when an upload is created goes to its object': { ministack: 'tags are lost' },
  'a head of a part has its length and the number of parts': {
    ministack: 'length of the whole, no number of parts',
    moto: 'ETag of the part',
  },
  'a head of a part that there is not cannot be satisfied': { ministack: '200', moto: '500' },
  'one part of an object can be read': { moto: 'gives the whole' },
  'GetObjectAttributes counts the parts, and lists those that have a checksum of their own': {
    ministack: 'checksum with -N',
    moto: 'Last-Modified in a form the SDK cannot read',
  },
  'a copy of an object of parts is in one piece, with a plain MD5 as ETag': {
    ministack: 'ETag of the source',
    moto: 'still has parts',
  },
  'an upload created with SHA256 has a composite checksum, counted like the ETag': { moto: 'none in the answer' },
  'a copy of an object with a composite checksum has that of the whole': {
    ministack: 'the composite one, called FULL_OBJECT',
    moto: 'the composite one',
  },
  'an upload created without an algorithm has a CRC64NVME of the whole': { ministack: 'none', moto: 'none' },
  'an upload can have a CRC32 of the whole when it asks for one': { ministack: 'a composite one' },
  'an algorithm that has no such checksum type is an InvalidRequest': { ministack: 'accepted', moto: 'accepted' },
  'a composite upload takes each part with its checksum when it is completed': {
    ministack: 'accepted',
    moto: 'accepted',
  },
  'a checksum of the whole that is wrong is a BadDigest': { moto: 'accepted' },
  'parts out of order are an InvalidPartOrder': { ministack: 'accepted', moto: '400 EntityTooSmall' },
  'a part of less than 5 MiB that is not the last is too small': { ministack: 'accepted' },
  'completing with If-Match replaces only the object it names': { moto: 'replaces any' },
  'an announced size that is not that of the object is an InvalidRequest': {
    ministack: 'accepted',
    moto: 'accepted',
  },
  'an upload that is given up is a NoSuchUpload from then on': { moto: '500' },
  'a part number is from 1 to 10,000': { moto: '404 NoSuchUpload' },
  'a range beyond the end of the source is an InvalidArgument': { moto: 'accepted' },
  'a range without an end is an InvalidArgument': { moto: 'accepted' },
  'a part is refused when CopySourceIfMatch does not hold': { ministack: 'copies', moto: 'copies' },
  'a part is refused when another condition on its source does not hold': { ministack: 'copies', moto: 'copies' },
  'a part of a source that does not exist is a NoSuchKey': { moto: '404 without a code' },
  'a part of an upload that does not exist is a NoSuchUpload': { moto: '500' },

  // deletes
  'a quiet batch names only what it did not delete': { moto: 'names all' },
  'a batch deletes a key with an ETag only where it is the same': { moto: 'deletes' },
  'a batch of more than 1,000 keys is malformed': { ministack: 'deletes', moto: 'deletes' },
  'a batch without keys is malformed': { ministack: 'accepted' },
  'keys of a batch keep their whitespace and markup': { moto: 'a key with a line feed is an HTML 404' },

  // versions
  'a delete hides the object behind a delete marker': { moto: 'no x-amz-delete-marker' },
  'a delete marker cannot be read by its id': { ministack: '200', moto: '404 NoSuchKey' },
  'deleting the delete marker brings the object back': { moto: 'does not say that it was a delete marker' },
  'with versioning suspended, a put replaces the version null and keeps the others': { moto: 'keeps only the last' },
  'a version under a legal hold cannot be deleted, its key can': { ministack: 'its key cannot either' },
  'a bucket without Object Lock refuses a put with retention': { ministack: 'accepted' },

  // buckets
  'making a bucket again in another region than us-east-1 is refused': { ministack: 'accepted' },
  'a request signed for another region is redirected, with the right one in a header': {
    ministack: 'answered',
    moto: 'answered',
  },
  'an expected owner that is not the owner is denied': { ministack: 'ignored', moto: 'ignored' },
  'an expected source owner that is not the owner is denied': { ministack: 'ignored', moto: 'ignored' },
  'an error tells its request id, in a header too': { moto: 'no x-amz-id-2' },
  'a bucket encrypts with S3 keys until another default is set': { moto: 'no encryption by default' },
  'a bucket is made without ACLs, unless it asks for them': {
    ministack: 'has none, also where it asks',
    moto: 'has none unless it asks',
  },
  'a bucket without ACLs takes only the one that gives its owner control': {
    ministack: 'takes any',
    moto: 'takes any',
  },
  'a bucket with ACLs takes each that there is': { moto: 'takes others, too' },
};

/** Awkward keys, by name, that a server cannot hold at all; the behaviours of keys are tested with the others. */
export const lostKeys: Record<string, readonly string[]> = {
  moto: ['a line feed', 'a line feed at the end', 'carriage return and line feed'],
};
