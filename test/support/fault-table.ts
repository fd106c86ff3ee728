import type { ErrorFault, Fault, RequestInfo } from '../../local/s3';

export interface FaultRow {
  readonly name: string;
  readonly fault: Fault;
  /** Operations that can meet it. */
  readonly on: RegExp;
  /** Met once, it must not show in the run's outcome. */
  readonly transient: boolean;
  /** It can also stay. */
  readonly lasting?: boolean;
}

const ANY = /./;
const LIST = /^ListObjectsV2$/;
/** Answers with a body that says something. */
const XML =
  /^(ListObjectsV2|GetObjectTagging|CopyObject|UploadPartCopy|CreateMultipartUpload|CompleteMultipartUpload|DeleteObjects)$/;
/** S3 begins to answer before it knows how these end. */
const LATE = /^(CopyObject|UploadPartCopy|CompleteMultipartUpload|DeleteObjects|ListObjectsV2)$/;

const slowDown: ErrorFault = { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' };
const internal: ErrorFault = { status: 500, code: 'InternalError', message: 'We encountered an internal error.' };
const expired: ErrorFault = { status: 400, code: 'ExpiredToken', message: 'The provided token has expired.' };
const denied: ErrorFault = { status: 403, code: 'AccessDenied', message: 'Access Denied' };
/** By a clock ten minutes ahead: what is signed by it then is taken by the next one that looks, since S3 allows fifteen. */
const skewed: ErrorFault = {
  status: 403,
  code: 'RequestTimeTooSkewed',
  get headers() {
    return { date: new Date(Date.now() + 600_000).toUTCString() };
  },
};

const entries = /<Contents>.*?<\/Contents>/gs;

function reorder(arrange: (entries: string[]) => string[]): Fault {
  return {
    rewrite(body) {
      const arranged = arrange(body.match(entries) ?? []);
      return body.replace(entries, () => arranged.shift() ?? '');
    },
  };
}

const half = (body: string) => body.slice(0, body.length / 2);

export const FAULTS: readonly FaultRow[] = [
  { name: '503 SlowDown', fault: slowDown, on: ANY, transient: true, lasting: true },
  { name: '500 InternalError', fault: internal, on: ANY, transient: true },
  {
    name: 'an error under the status 200',
    fault: { ...internal, status: 200 },
    on: LATE,
    transient: true,
    lasting: true,
  },
  { name: 'a reset before it is carried out', fault: 'reset', on: ANY, transient: true, lasting: true },
  { name: 'a reset once it is carried out', fault: { after: 'reset' }, on: ANY, transient: true },
  {
    name: '500 InternalError once it is carried out',
    fault: { after: internal },
    on: ANY,
    transient: true,
    lasting: true,
  },
  { name: 'a clock skew', fault: skewed, on: ANY, transient: true },
  { name: 'an answer cut off', fault: { rewrite: (body) => ({ cut: half(body) }) }, on: XML, transient: true },
  { name: 'half of an XML document', fault: { rewrite: half }, on: LIST, transient: true, lasting: true },
  {
    name: 'half of an XML document',
    fault: { rewrite: half },
    on: /^(?!ListObjectsV2)/,
    transient: false,
    lasting: true,
  },
  { name: 'a page from the end to the beginning', fault: reorder((all) => all.reverse()), on: LIST, transient: true },
  {
    name: 'a key twice',
    fault: reorder(([first = '', ...all]) => [first, first, ...all.slice(1)]),
    on: LIST,
    transient: true,
  },
  {
    name: 'a wrong KeyCount',
    fault: { rewrite: (body) => body.replace(/<KeyCount>\d+/, '<KeyCount>999') },
    on: LIST,
    transient: true,
    lasting: true,
  },
  {
    name: 'IsTruncated without a token',
    fault: {
      rewrite: (body) =>
        body
          .replace(/<IsTruncated>\w+/, '<IsTruncated>true')
          .replace(/<NextContinuationToken>.*?<\/NextContinuationToken>/, ''),
    },
    on: LIST,
    transient: true,
  },
  {
    name: 'the page of another request',
    fault: {
      rewrite: (body) =>
        body
          .replace(/<(StartAfter|ContinuationToken)>.*?<\/\1>/, '')
          .replace('<KeyCount>', '<ContinuationToken>of-another</ContinuationToken><KeyCount>'),
    },
    on: LIST,
    transient: true,
    lasting: true,
  },
  { name: 'expired credentials', fault: expired, on: ANY, transient: false, lasting: true },
  { name: '403 AccessDenied', fault: denied, on: ANY, transient: false, lasting: true },
];

/** What S3 says to a request that was signed for another region. */
export const REDIRECTS: readonly ErrorFault[] = [
  { status: 301, code: 'PermanentRedirect' },
  { status: 307, code: 'TemporaryRedirect' },
  { status: 400, code: 'AuthorizationHeaderMalformed' },
];

/** The region that a request was signed for. */
export function signedRegion({ headers }: RequestInfo): string | undefined {
  return headers.authorization?.match(/Credential=[^/]*\/\d+\/([^/]+)\//)?.[1];
}
