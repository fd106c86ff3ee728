import { S3Error } from '../../../local/s3/errors';

/**
 * The error of a request as the SDK would show it, so that it is judged by the same functions.
 *
 * @returns the error itself if it is none of S3
 */
export function asSdkError(error: unknown, operation: string): unknown {
  if (!(error instanceof S3Error)) return error;
  const { code, message, headers } = error;
  // an error under the status 200 counts as 503
  const status = error.status < 300 ? 503 : error.status;
  const fault = status < 500 ? 'client' : 'server';
  // the answer to HEAD has no body
  const isHead = operation.startsWith('Head');
  const said = isHead ? new Error('UnknownError') : new Error(message);
  return Object.assign(said, {
    name: isHead ? nameOf(status) : code,
    $fault: fault,
    $metadata: { httpStatusCode: status },
    $response: { headers: { ...headers } },
  });
}

/** What the SDK calls an error without a code. */
function nameOf(status: number): string {
  return status === 404 ? 'NotFound' : 'Unknown';
}
