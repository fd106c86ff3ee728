import type { Fault, RequestInfo } from '../../../local/s3';
import type { RunSummary } from '../../../statemachine/contract';
import { everyNth } from '../../support/length';
import { past, useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';
import { retryAtOnce } from '../../support/retries';

const mirror = useMirror();
retryAtOnce();

const page = '<html><head><style>p { }</style></head><body><h1>502 Bad Gateway</h1><br><p>nginx</p></body></html>';

/** What servers answer, and what of it the user has to be told. */
const ANSWERS: readonly [name: string, fault: Fault, told: readonly string[]][] = [
  [
    'a quota',
    { status: 403, code: 'QuotaExceeded', message: 'bucket quota of 10 GiB reached' },
    ['QuotaExceeded: bucket quota of 10 GiB reached', 'HTTP 403'],
  ],
  [
    'a closed account',
    { status: 403, code: 'AccountProblem', message: 'unpaid' },
    ['AccountProblem: unpaid', 'HTTP 403'],
  ],
  [
    'a host style that it does not take',
    { status: 403, code: 'SecondLevelDomainForbidden', message: 'use virtual hosts' },
    ['SecondLevelDomainForbidden: use virtual hosts', 'HTTP 403'],
  ],
  [
    'a code that nobody knows',
    { status: 418, code: 'TeapotError', message: 'short' },
    ['TeapotError: short', 'HTTP 418'],
  ],
  [
    'a web page of a proxy',
    { status: 502, page },
    ['BadGateway: no answer of S3, but text/html', '502 Bad Gateway nginx', 'HTTP 502'],
  ],
  ['a refusal without words', { status: 400, page: '' }, ['BadRequest: it answered 400 without a word']],
];

function createPair() {
  const pair = mirror.createPair();
  pair.source.put('small', 'x', { lastModified: past });
  putInParts(pair.source, 'large', [5 * MIB, MIB], { lastModified: past });
  pair.destination.put('orphan', 'x', { lastModified: past });
  return pair;
}

/** From the first request of the loops on. */
function disturbLoops(isMeant: (request: RequestInfo) => boolean, fault: Fault): void {
  let loops = false;
  mirror.s3.onRequest = (request) => {
    loops ||= request.operation === 'ListObjectsV2' && request.query.get('max-keys') !== '1';
    return loops && isMeant(request) ? fault : undefined;
  };
}

const failuresOf = (summary: RunSummary) => reportLines(summary, 'failures').map(({ error }) => error ?? '');

describe.each(everyNth(6, ANSWERS))('%s', (_name, fault, told) => {
  it.each(['CopyObject', 'UploadPartCopy', 'CreateMultipartUpload', 'CompleteMultipartUpload', 'DeleteObjects'])(
    'is in the report, with the request that it answers: %s',
    async (operation) => {
      const { input } = createPair();
      disturbLoops((request) => request.operation === operation, fault);

      const failures = failuresOf(await mirror.run(input));

      expect(failures).toHaveLength(1);
      for (const words of [...told, 'request REQUEST']) expect(failures[0]).toContain(words);
    },
  );

  it('is in the error of a run that cannot list', async () => {
    const { source, input } = createPair();
    disturbLoops(({ operation, bucket }) => operation === 'ListObjectsV2' && bucket === source.name, fault);

    const { error } = await mirror.run(input);

    expect(error).toMatchObject({ name: 'ListingError' });
    for (const words of [...told, 'request REQUEST']) expect(error?.message).toContain(words);
  });

  it('is in the error of a run that ends earlier', async () => {
    const { source, input } = createPair();
    mirror.s3.onRequest = ({ bucket }) => (bucket === source.name ? fault : undefined);

    const { error } = await mirror.run(input);

    const all = `${error?.name}: ${error?.message}`;
    for (const words of told) expect(all).toContain(words.replace(/^\w+: /, ''));
    expect(all).toContain(told[0]?.split(':')[0]);
    expect(all).not.toContain('allow s3:');
  });
});

it('reports each key that a batch of deletes left, with the code and the request', async () => {
  const { input } = createPair();
  mirror.s3.onRequest = ({ operation }) =>
    operation === 'DeleteObjects'
      ? {
          rewrite: () =>
            '<DeleteResult><Error><Key>orphan</Key><Code>WormProtected</Code><Message></Message></Error></DeleteResult>',
        }
      : undefined;

  const failures = failuresOf(await mirror.run(input));

  expect(failures).toEqual([expect.stringMatching(/^WormProtected: S3 gave no reason \(request REQUEST\d+\)$/)]);
});

it.each<[status: number, code: string, message: string, advice: string]>([
  [403, 'QuotaExceeded', 'bucket quota of 10 GiB reached', 'ask for a larger quota'],
  [403, 'AllAccessDisabled', 'closed', 'Its owner has to enable it again'],
  [403, 'WormSuspended', 'not now', 'Ask the operator of the server'],
])(
  'stops before it writes if the destination answers %d %s, and advises no permission',
  async (status, code, message, advice) => {
    const { destination, input } = createPair();
    mirror.s3.onRequest = ({ operation, bucket }) =>
      bucket === destination.name && /^(Create|Put|Copy)/.test(operation) ? { status, code, message } : undefined;

    const summary = await mirror.run(input);

    expect(summary).toMatchObject({ wrote: false, error: { name: 'AccessDeniedError' } });
    expect(summary.error?.message).toContain(`${code}: ${message} (HTTP ${status}, request REQUEST`);
    expect(summary.error?.message).toContain(advice);
    expect(summary.error?.message).not.toContain('"Effect":"Allow"');
  },
);

it.each<[operation: string, status: number]>([
  ['GetObjectTagging', 501],
  ['GetObjectTagging', 405],
  ['CreateMultipartUpload', 501],
])('names the option to leave tags behind if %s about tags is answered by %d', async (operation, status) => {
  const { source, input } = mirror.createPair();
  putInParts(source, 'large', [5 * MIB, MIB], { lastModified: past, tags: [['team', 'blue']] });
  mirror.s3.onRequest = (request) => {
    const isAboutTags = operation === 'GetObjectTagging' || request.headers['x-amz-tagging'] !== undefined;
    return request.operation === operation && isAboutTags ? { status, code: 'NotImplemented' } : undefined;
  };

  const summary = await mirror.run(input);

  expect(failuresOf(summary)).toEqual([expect.stringContaining('leave them out with `--tags ignore`')]);
  expect(await mirror.run({ ...input, tags: 'ignore' })).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
});

it('names the option that a server does not support, before anything is written', async () => {
  const { input } = createPair();
  mirror.s3.onRequest = ({ headers }) =>
    headers['x-amz-server-side-encryption'] ? { status: 501, code: 'NotImplemented' } : undefined;

  const summary = await mirror.run({ ...input, sse: 'AES256' });

  expect(summary).toMatchObject({ wrote: false, error: { name: 'AccessDeniedError' } });
  expect(summary.error?.message).toContain('leave out `--sse`');
});
