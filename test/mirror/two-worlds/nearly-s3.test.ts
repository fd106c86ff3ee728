import type { ErrorFault, Fault, RequestHook, RequestInfo } from '../../../local/s3';
import { everyNth } from '../../support/length';
import { past } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';
import { digestsOf, useTwoWorlds } from '../../support/two-worlds';

const worlds = useTwoWorlds();

const notImplemented: ErrorFault = { status: 501, code: 'NotImplemented' };
const invalid: ErrorFault = { status: 400, code: 'InvalidArgument' };

const at =
  (operation: string, fault: Fault, matches: (request: RequestInfo) => boolean = () => true): RequestHook =>
  (request) =>
    request.operation === operation && !request.key?.startsWith('.bucketsync/') && matches(request) ? fault : undefined;
const with_ = (header: string) => (request: RequestInfo) => request.headers[header] !== undefined;

type Headers = Readonly<Record<string, string | undefined>>;
const showing = (change: (headers: Headers) => Headers): Fault => ({
  alter: ({ headers = {}, ...answer }) => ({ ...answer, headers: change(headers) as Record<string, string> }),
});
const without = (name: string) => showing(({ [name]: _hidden, ...others }) => others);

const SOURCES: readonly [what: string, hook: RequestHook, lacks: readonly string[]][] = [
  [
    'shows weak ETags',
    at(
      'GetObject',
      showing((shown) => ({ ...shown, etag: `W/${shown.etag}` })),
    ),
    [],
  ],
  ['shows no ETag with the content', at('GetObject', without('etag')), []],
  [
    'shows no length',
    (r) => at('GetObject', without('content-length'))(r) ?? at('HeadObject', without('content-length'))(r),
    ['parts'],
  ],
  ['refuses conditions of reads', at('GetObject', notImplemented, with_('if-match')), ['copyConditions']],
  [
    'finds no condition of reads met',
    at('GetObject', { status: 412, code: 'PreconditionFailed' }, with_('if-match')),
    ['copyConditions'],
  ],
  ['refuses ranges', at('GetObject', notImplemented, with_('range')), ['somePartCopies']],
  [
    'ignores ranges',
    (request) => {
      if (request.operation === 'GetObject') delete request.headers.range;
      return undefined;
    },
    ['somePartCopies'],
  ],
  [
    'shows how objects were once sent',
    (r) =>
      at(
        'GetObject',
        showing((shown) => ({ ...shown, 'content-encoding': 'aws-chunked' })),
      )(r),
    [],
  ],
];

const DESTINATIONS: readonly [what: string, hook: RequestHook, lacks: readonly string[]][] = [
  ['answers without an ETag', at('PutObject', without('etag')), []],
  ['answers parts without an ETag', at('UploadPart', without('etag')), ['somePartCopies']],
  ['refuses parts by 501', at('UploadPart', notImplemented), ['somePartCopies']],
  ['refuses parts by 400', at('UploadPart', invalid), ['somePartCopies']],
  [
    'refuses small parts',
    at('CompleteMultipartUpload', { status: 400, code: 'EntityTooSmall' }),
    ['somePartCopies', 'uploadChecksums'],
  ],
  [
    'refuses x-amz-storage-class',
    (r) => at('PutObject', notImplemented, with_('x-amz-storage-class'))(r),
    ['classHeader'],
  ],
];

const SERVERS = [
  ...SOURCES.map(([what, hook, lacks]) => ({ side: 'there' as const, what, hook, lacks })),
  ...DESTINATIONS.map(([what, hook, lacks]) => ({ side: 'here' as const, what, hook, lacks })),
];

describe.each(everyNth(4, SERVERS))('a server $side that $what', ({ side, hook, lacks }) => {
  it('is mirrored, which the summary says once, and the next run leaves all alone', async () => {
    const { source, destination, input } = worlds.createPair();
    source.put('small', 'content', { lastModified: past, user: { owner: 'me' } });
    source.put('more', 'content', { lastModified: past });
    source.put('tags', 'content', { lastModified: past, tags: [['team', 'blue']] });
    source.put('empty', '', { lastModified: past });
    putInParts(source, 'parts', [6 * MIB, 1], { lastModified: past });
    worlds[side].onRequest = hook;

    const first = await worlds.run(input);

    expect(reportLines(first, 'failures')).toEqual([]);
    expect((first.lacks ?? []).map(({ name }) => name)).toEqual(lacks);
    expect(digestsOf(destination)).toEqual(digestsOf(source));
    expect(await worlds.run({ ...input, compare: 'metadata' })).toMatchObject({ totals: { copied: 0, failed: 0 } });
  });
});

it.each([
  ['PutObject', { status: 400, code: 'InvalidStorageClass' }, 'x-amz-storage-class', '--storage-class'],
  ['PutObject', invalid, 'x-amz-tagging', '--tags ignore'],
  ['PutObject', notImplemented, 'x-amz-tagging', '--tags ignore'],
])('an object that the destination refuses names the option: %s, %j, %s', async (operation, fault, header, option) => {
  const { source, input } = worlds.createPair();
  source.put('a', 'content', { lastModified: past, storageClass: 'STANDARD_IA', tags: [['team', 'blue']] });
  worlds.here.onRequest = at(operation, fault, with_(header));

  const summary = await worlds.run(input);

  expect(reportLines(summary, 'failures')).toEqual([
    expect.objectContaining({ key: 'a', error: expect.stringContaining(option) }),
  ]);
});
