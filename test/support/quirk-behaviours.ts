import type { ErrorFault, Fault, RequestHook, RequestInfo, S3Server } from '../../local/s3';

/** What a server other than AWS's does in its own way. */
export interface Quirk {
  readonly server: string;
  /** What a run has to note, by name. */
  readonly lacks: readonly string[];
  /** Kinds of objects whose copies cannot be the same, and in what. */
  readonly differs?: Readonly<Record<string, readonly string[]>>;
  /** Its state is its own for each run of a test. */
  readonly behave: (s3: S3Server) => RequestHook;
  /** Requests that may be refused in a run. @default 1 */
  readonly refusals?: number;
}

type Answer = Parameters<Extract<Fault, { alter: unknown }>['alter']>[0];

export const notImplemented: ErrorFault = { status: 501, code: 'NotImplemented', message: 'Not implemented here.' };
export const invalidArgument: ErrorFault = { status: 400, code: 'InvalidArgument', message: 'Unknown argument.' };
export const notAllowed: ErrorFault = { status: 405, code: 'MethodNotAllowed', message: 'Not allowed.' };

export const refusing =
  (matches: (request: RequestInfo) => boolean, fault: ErrorFault): Quirk['behave'] =>
  () =>
  (request) =>
    matches(request) ? fault : undefined;

export const refusingHeader = (operation: string, header: string, fault: ErrorFault) =>
  refusing((request) => request.operation === operation && request.headers[header] !== undefined, fault);

export const of = (operation: string) => (request: RequestInfo) => request.operation === operation;
export const isPart = ({ operation, query }: RequestInfo) => operation === 'HeadObject' && query.has('partNumber');

export const rewritingPages =
  (rewrite: (page: string) => string): Quirk['behave'] =>
  () =>
  ({ operation }) =>
    operation === 'ListObjectsV2' ? { rewrite } : undefined;

/** Keys as text, with what it says of their encoding. */
export const plainKeys = (encodingType: string) =>
  rewritingPages((page) =>
    page
      .replace('<EncodingType>url</EncodingType>', encodingType)
      .replaceAll(
        /<Key>(.*?)<\/Key>/g,
        (_, key: string) => `<Key>${asText(decodeURIComponent(key.replaceAll('+', ' ')))}</Key>`,
      ),
  );

function asText(key: string): string {
  return key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Changes what the server has made of a request. */
function after(s3: S3Server, { bucket, key = '' }: RequestInfo, change: (version: object) => void): Fault {
  return {
    alter(answer: Answer) {
      const version = s3.bucket(bucket).get(key);
      if (version) change(version);
      return answer;
    },
  };
}

/** Loses a header of copies, and keeps it only if the copy sends it again. */
export const losingExpires =
  (isLost: (request: RequestInfo) => boolean): Quirk['behave'] =>
  (s3) =>
  (request) => {
    if (!isLost(request)) return undefined;
    return after(s3, request, (version) => {
      const { metadata } = version as { metadata: { system: Record<string, string>; user: object } };
      const { expires: _lost, ...system } = metadata.system;
      Object.assign(version, { metadata: { ...metadata, system } });
    });
  };

/** Shows none of the source. */
export const choosingType =
  (contentType: string): Quirk['behave'] =>
  () =>
  ({ operation, bucket, key }) => {
    if (operation !== 'HeadObject' || key !== 'small') return undefined;
    return {
      alter({ headers: { 'content-type': _type, ...headers } = {}, ...answer }) {
        return {
          ...answer,
          headers: bucket.includes('source') ? headers : { ...headers, 'content-type': contentType },
        };
      },
    };
  };

/** What is lost of every object that such a request has made. */
export const losing =
  (isLost: (request: RequestInfo) => boolean, lost: object): Quirk['behave'] =>
  (s3) =>
  (request) =>
    isLost(request) ? after(s3, request, (version) => Object.assign(version, lost)) : undefined;

const withoutTagCount: Fault = {
  alter({ headers: { 'x-amz-tagging-count': _hidden, ...headers } = {}, ...answer }) {
    return { ...answer, headers };
  },
};

export const withoutLength: Fault = {
  alter({ headers: { 'content-length': _hidden, ...headers } = {}, ...answer }) {
    return { ...answer, headers };
  },
};

/** Hides in HEAD how many tags an object has. */
export const hidingTagCounts =
  (behave: Quirk['behave']): Quirk['behave'] =>
  (s3) =>
  (request) =>
    request.operation === 'HeadObject' ? withoutTagCount : behave(s3)(request);

export const isFolderCopy = ({ operation, key = '' }: RequestInfo) => operation === 'CopyObject' && key.endsWith('/');
export const isProbe = ({ operation, key = '' }: RequestInfo) =>
  operation === 'PutObject' && key.startsWith('.bucketsync/probe-');

/** Makes a wrong checksum of an upload. @param always  also of one that was begun without */
export const wrongChecksums =
  (always: boolean): Quirk['behave'] =>
  (s3) => {
    const begunWith = new Set<string>();
    return (request) => {
      const { operation, key = '', headers } = request;
      if (operation === 'CreateMultipartUpload') {
        begunWith.delete(key);
        if (headers['x-amz-checksum-algorithm'] !== undefined) begunWith.add(key);
      }
      if (operation !== 'CompleteMultipartUpload' || !(always || begunWith.has(key))) return undefined;
      return after(s3, request, (version) => {
        const { checksum } = version as { checksum: object };
        Object.assign(version, { checksum: { ...checksum, value: 'zZ9Q6zcHXmU=' } });
      });
    };
  };

/** Refuses to complete what was begun with a checksum, as the parts have none that it accepts. */
export const refusingChecksums =
  (fault: ErrorFault): Quirk['behave'] =>
  () => {
    const begunWith = new Set<string>();
    return ({ operation, key = '', headers }) => {
      if (operation === 'CreateMultipartUpload') {
        if (headers['x-amz-checksum-algorithm'] === undefined) begunWith.delete(key);
        else begunWith.add(key);
      }
      return operation === 'CompleteMultipartUpload' && begunWith.has(key) ? fault : undefined;
    };
  };

export const withoutQuotes: Quirk['behave'] = () => () => ({
  alter(answer) {
    const body = typeof answer.body === 'string' ? answer.body.replaceAll('&quot;', '') : answer.body;
    const etag = answer.headers?.etag?.replaceAll('"', '');
    return { ...answer, ...(body !== undefined && { body }), headers: { ...answer.headers, ...(etag && { etag }) } };
  },
});

export const inOnePiece = {
  'in parts': ['eTag'],
  'in parts, with a storage class': ['eTag'],
  'in parts, with tags': ['eTag'],
  'in parts, with metadata': ['eTag'],
};
