import type { RequestHook } from '../../local/s3';
import {
  choosingType,
  hidingTagCounts,
  inOnePiece,
  invalidArgument,
  isFolderCopy,
  isPart,
  isProbe,
  losing,
  losingExpires,
  notAllowed,
  notImplemented,
  of,
  plainKeys,
  type Quirk,
  refusing,
  refusingChecksums,
  refusingHeader,
  rewritingPages,
  withoutLength,
  withoutQuotes,
  wrongChecksums,
} from './quirk-behaviours';

export type { Quirk } from './quirk-behaviours';

export const QUIRKS: readonly Quirk[] = [
  { server: 'leaves EncodingType out', lacks: ['listEncoding'], behave: plainKeys(''), refusals: 0 },
  {
    server: 'has an empty EncodingType',
    lacks: ['listEncoding'],
    behave: plainKeys('<EncodingType></EncodingType>'),
    refusals: 0,
  },
  {
    server: 'has elements of its own in list pages',
    lacks: [],
    behave: rewritingPages((page) =>
      page.replace('<Name>', '<Tenant>acme</Tenant><Name>').replaceAll('</Contents>', '<Color>red</Color></Contents>'),
    ),
    refusals: 0,
  },
  ...[
    '<ChecksumType></ChecksumType>',
    '<ChecksumType/>',
    '<ChecksumAlgorithm></ChecksumAlgorithm><ChecksumType />',
  ].map((empty) => ({
    server: `lists ${empty}`,
    lacks: [],
    behave: rewritingPages((page) =>
      page
        .replaceAll(/<Checksum(Type|Algorithm)>[^<]*<\/Checksum\1>/g, '')
        .replaceAll('</Contents>', `${empty}</Contents>`),
    ),
    refusals: 0,
  })),
  {
    server: 'shows storage classes only in list pages',
    // a HEAD of a copy does not show its class, either
    lacks: ['storageClasses'],
    behave: () => () => ({
      alter: ({ headers: { 'x-amz-storage-class': _hidden, ...headers } = {}, ...answer }) => ({ ...answer, headers }),
    }),
    refusals: 0,
  },
  ...['', '<StorageClass/>', '<StorageClass></StorageClass>'].map((shown) => ({
    server: `lists ${shown || 'no storage class'}`,
    lacks: ['listedClasses'],
    behave: rewritingPages((page) => page.replaceAll(/<StorageClass>[^<]*<\/StorageClass>/g, shown)),
    refusals: 0,
  })),
  {
    server: 'begins list pages with a byte order mark',
    lacks: [],
    behave: rewritingPages((page) => `\ufeff${page}`),
    refusals: 0,
  },
  {
    server: 'lists times with an offset without a colon',
    lacks: [],
    behave: rewritingPages((page) => page.replaceAll('.000Z<', '+0000<')),
    refusals: 0,
  },
  ...[notImplemented, notAllowed].map((fault) => ({
    server: `refuses HeadBucket by ${fault.status}`,
    lacks: [],
    behave: refusing(of('HeadBucket'), fault),
    refusals: 2,
  })),
  {
    server: 'shows no Content-Length in HEAD',
    // that of a part is not shown, either
    lacks: ['parts'],
    differs: inOnePiece,
    behave: () => (request) => (of('HeadObject')(request) ? withoutLength : undefined),
    refusals: 0,
  },
  {
    server: 'answers copies without an ETag',
    lacks: [],
    behave: () => (request) =>
      of('CopyObject')(request) ? { rewrite: (text) => text.replace(/<ETag>[^<]*<\/ETag>/, '') } : undefined,
    refusals: 0,
  },
  {
    server: 'refuses x-amz-storage-class',
    lacks: ['classHeader', 'storageClasses'],
    differs: {
      'with a storage class': ['storageClass'],
      'in parts, with a storage class': ['storageClass'],
    },
    behave: refusing(({ headers }) => headers['x-amz-storage-class'] !== undefined, notImplemented),
    refusals: 9,
  },
  ...['InvalidPart', 'EntityTooSmall'].map((code) => ({
    server: `never completes an upload: ${code}`,
    lacks: ['somePartCopies', 'uploadChecksums'],
    differs: inOnePiece,
    behave: refusing(of('CompleteMultipartUpload'), { status: 400, code }),
    refusals: 99,
  })),
  {
    server: 'answers copies of parts without an ETag',
    lacks: ['somePartCopies'],
    differs: inOnePiece,
    behave: () => (request) =>
      of('UploadPartCopy')(request) ? { rewrite: (text) => text.replace(/<ETag>[^<]*<\/ETag>/, '') } : undefined,
    refusals: 0,
  },
  {
    server: 'finds a batch of deletes too large',
    lacks: ['batchDeletes'],
    behave: refusing(of('DeleteObjects'), { status: 413, code: 'EntityTooLarge' }),
    refusals: 2,
  },
  { server: 'has ETags without quotes', lacks: [], behave: withoutQuotes, refusals: 0 },
  {
    server: 'lists milliseconds',
    lacks: [],
    behave: rewritingPages((page) => page.replaceAll('.000Z<', '.537Z<')),
    refusals: 0,
  },
  {
    server: 'lists times with an offset',
    lacks: [],
    behave: rewritingPages((page) => page.replaceAll('.000Z<', '+00:00<')),
    refusals: 0,
  },
  ...[notImplemented, invalidArgument].map((fault) => ({
    server: `refuses x-amz-optional-object-attributes by ${fault.status}`,
    lacks: ['archiveStatus'],
    behave: refusingHeader('ListObjectsV2', 'x-amz-optional-object-attributes', fault),
  })),
  ...[notImplemented, invalidArgument, notAllowed].map((fault) => ({
    server: `refuses HeadObject with a part by ${fault.status}`,
    lacks: ['parts'],
    differs: inOnePiece,
    behave: refusing(isPart, fault),
  })),
  {
    server: 'shows no checksums (x-amz-checksum-mode)',
    lacks: ['checksums'],
    behave: refusingHeader('HeadObject', 'x-amz-checksum-mode', notImplemented),
    refusals: 2,
  },
  ...[notImplemented, notAllowed].map((fault) => ({
    server: `refuses GetObjectTagging by ${fault.status}`,
    lacks: ['tagging'],
    differs: { 'in parts, with tags': ['eTag'] },
    behave: refusing(of('GetObjectTagging'), fault),
    // One more of the trial beside the lock.
    refusals: 3,
  })),
  {
    server: 'refuses GetObjectTagging by 400',
    lacks: ['tagReads'],
    differs: inOnePiece,
    behave: refusing(of('GetObjectTagging'), invalidArgument),
    refusals: 3,
  },
  ...['the content of the object', '<html><body>This object is a page</body></html>', ''].map((content) => ({
    server: `answers GetObjectTagging with the object, ${JSON.stringify(content)}`,
    lacks: ['tagReads'],
    differs: inOnePiece,
    behave: (): RequestHook => (request) => (of('GetObjectTagging')(request) ? { rewrite: () => content } : undefined),
    refusals: 0,
  })),
  ...[notImplemented, invalidArgument, notAllowed].map((fault) => ({
    server: `refuses UploadPartCopy by ${fault.status}`,
    lacks: ['partCopies'],
    differs: inOnePiece,
    behave: refusing(of('UploadPartCopy'), fault),
    refusals: 20,
  })),
  {
    server: 'refuses multipart uploads',
    lacks: ['partCopies'],
    differs: inOnePiece,
    behave: refusing(of('CreateMultipartUpload'), notImplemented),
    refusals: 9,
  },
  {
    server: 'refuses conditions of UploadPartCopy',
    lacks: ['copyConditions'],
    behave: refusingHeader('UploadPartCopy', 'x-amz-copy-source-if-match', notImplemented),
  },
  {
    server: 'refuses conditions of CopyObject',
    lacks: ['copyConditions'],
    behave: refusingHeader('CopyObject', 'x-amz-copy-source-if-match', invalidArgument),
    refusals: 2,
  },
  {
    server: 'refuses annotations',
    lacks: ['annotations'],
    behave: refusingHeader('CopyObject', 'x-amz-object-annotation-directive', notImplemented),
  },
  {
    server: 'refuses annotations and conditions',
    lacks: ['annotations', 'copyConditions'],
    behave: refusing(
      ({ operation, headers }) =>
        operation === 'CopyObject' &&
        (headers['x-amz-object-annotation-directive'] ?? headers['x-amz-copy-source-if-match']) !== undefined,
      notImplemented,
    ),
    refusals: 4,
  },
  {
    server: 'refuses x-amz-mp-object-size',
    lacks: ['uploadSizes'],
    behave: refusingHeader('CompleteMultipartUpload', 'x-amz-mp-object-size', invalidArgument),
  },
  {
    server: 'refuses checksums of uploads',
    lacks: ['uploadChecksums'],
    behave: refusingHeader('CreateMultipartUpload', 'x-amz-checksum-algorithm', notImplemented),
  },
  ...['InvalidArgument', 'InvalidPart', 'BadDigest'].map((code) => ({
    server: `does not complete what is uploaded with a checksum: ${code}`,
    lacks: ['uploadChecksums'],
    behave: refusingChecksums({ status: 400, code, message: 'Invalid Base64 or multiple checksums present' }),
    // Twice for each of the three that are begun before it is known.
    refusals: 6,
  })),
  {
    server: 'makes a wrong checksum of what is uploaded with one',
    lacks: ['uploadChecksums'],
    behave: wrongChecksums(false),
    refusals: 0,
  },
  {
    server: 'makes a wrong checksum of every upload',
    lacks: ['partChecksums', 'uploadChecksums'],
    differs: inOnePiece,
    behave: wrongChecksums(true),
    refusals: 0,
  },
  {
    server: 'wants the MD5 of DeleteObjects',
    lacks: [],
    behave: refusing(
      ({ operation, headers }) => operation === 'DeleteObjects' && headers['content-md5'] === undefined,
      {
        status: 400,
        code: 'MissingContentMD5',
        message: 'Missing required header for this request: Content-Md5.',
      },
    ),
    refusals: 0,
  },
  {
    server: 'refuses checksums of DeleteObjects',
    lacks: ['bodyChecksums'],
    behave: refusing(
      ({ operation, headers }) =>
        operation === 'DeleteObjects' && Object.keys(headers).some((name) => name.startsWith('x-amz-checksum')),
      notImplemented,
    ),
  },
  ...[notImplemented, notAllowed, { status: 403, code: 'AccessDenied', message: 'Access Denied' }].map((fault) => ({
    server: `refuses DeleteObjects by ${fault.status}`,
    lacks: ['batchDeletes'],
    behave: refusing(of('DeleteObjects'), fault),
    refusals: 2,
  })),
  {
    server: 'answers DeleteObjects with a page of HTML',
    lacks: ['batchDeletes'],
    behave:
      () =>
      ({ operation }) =>
        operation === 'DeleteObjects' ? { rewrite: () => '<html><body>Welcome</body></html>' } : undefined,
    refusals: 0,
  },
  ...['binary/octet-stream', 'text/plain; charset=utf-8', 'application/x-directory'].map((contentType) => ({
    server: `shows no Content-Type of what has none, and makes ${contentType} of it in copies`,
    lacks: [],
    behave: choosingType(contentType),
    refusals: 0,
  })),
  { server: 'shows no number of tags', lacks: [], behave: hidingTagCounts(() => () => undefined), refusals: 0 },
  ...[
    { server: 'loses tags in its own copies', behave: losing(of('CopyObject'), { tags: [] }) },
    {
      server: 'loses tags in its own copies, and shows no number of them',
      behave: hidingTagCounts(losing(of('CopyObject'), { tags: [] })),
    },
    {
      server: 'loses tags in its own copies, shows no number of them, and lets nobody try that beside the lock',
      behave: hidingTagCounts((s3) => (request) => {
        return isProbe(request) ? notAllowed : losing(of('CopyObject'), { tags: [] })(s3)(request);
      }),
      refusals: 9,
    },
  ].map((quirk) => ({ refusals: 0, ...quirk, lacks: ['copiedTags'], differs: { 'with tags': ['tags'] } })),
  ...[
    { server: 'loses tags of uploads in parts', behave: losing(of('CompleteMultipartUpload'), { tags: [] }) },
    {
      server: 'loses tags of uploads in parts, and shows no number of them',
      behave: hidingTagCounts(losing(of('CompleteMultipartUpload'), { tags: [] })),
    },
  ].map((quirk) => ({ ...quirk, lacks: ['copiedTags'], differs: { 'in parts, with tags': ['tags'] }, refusals: 0 })),
  {
    server: 'keeps no storage class in its own copies',
    lacks: ['storageClasses'],
    differs: { 'with a storage class': ['storageClass'] },
    behave: losing(of('CopyObject'), { storageClass: 'STANDARD' }),
    refusals: 0,
  },
  {
    server: 'keeps no storage class in uploads in parts',
    lacks: ['storageClasses'],
    differs: { 'in parts, with a storage class': ['storageClass'] },
    behave: losing(of('CompleteMultipartUpload'), { storageClass: 'STANDARD' }),
    refusals: 0,
  },
  ...[
    { status: 400, code: 'DirectoryObjectContainsDataError' },
    { status: 404, code: 'NoSuchKey' },
    { status: 409, code: 'ExistingObjectIsDirectory' },
    notImplemented,
  ].map((fault) => ({
    server: `refuses to copy a folder by ${fault.status}`,
    lacks: ['emptyCopies'],
    behave: refusing(isFolderCopy, fault),
    refusals: 6,
  })),
  ...[invalidArgument, { status: 404, code: 'NoSuchKey' }].map((fault) => ({
    server: `refuses to copy objects with odd keys by ${fault.status}`,
    lacks: ['someCopies'],
    behave: refusing(({ operation, key = '' }) => operation === 'CopyObject' && key.startsWith('odd/'), fault),
    refusals: 20,
  })),
  {
    server: 'refuses annotations, and to copy a folder',
    lacks: ['annotations', 'emptyCopies'],
    behave: refusing(
      (request) =>
        isFolderCopy(request) ||
        (request.operation === 'CopyObject' && request.headers['x-amz-object-annotation-directive'] !== undefined),
      notImplemented,
    ),
    refusals: 8,
  },
  {
    server: 'loses Expires in its own copies, and lets nobody try that beside the lock',
    lacks: ['copiedHeaders'],
    behave: (s3) => (request) => {
      if (isProbe(request)) return notAllowed;
      return losingExpires(
        ({ operation, headers }) => operation === 'CopyObject' && headers['x-amz-metadata-directive'] !== 'REPLACE',
      )(s3)(request);
    },
    refusals: 9,
  },
  {
    server: 'loses Expires in its own copies',
    lacks: ['copiedHeaders'],
    behave: losingExpires(
      ({ operation, headers }) => operation === 'CopyObject' && headers['x-amz-metadata-directive'] !== 'REPLACE',
    ),
    refusals: 0,
  },
  {
    server: 'never keeps Expires',
    lacks: ['header:expires'],
    differs: { 'with all headers': ['metadata'], 'in parts, with metadata': ['metadata'] },
    behave: losingExpires(({ operation }) => operation === 'CopyObject' || operation === 'CompleteMultipartUpload'),
    refusals: 0,
  },
];
