import { GetObjectCommand, type GetObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import type { StoredFile } from '../../engine/ports/run-store';
import { serverTimeOf } from './server-time';

/** Something else has answered in place of S3, with a good status. It may do so only for a moment, and retries know such an error. */
class ForeignAnswerError extends Error {
  override readonly name = 'UnreadableAnswer';
  readonly $retryable = { throttling: false };

  constructor(expected: string, got: string) {
    super(`Expected ${expected}, got ${got}. Something else than S3 may have answered, such as a proxy`);
  }
}

/** A passing answer of something else should not end a run. */
const TRIES = 3;

/** Enough to recognise the source of a page. */
const SHOWN_CHARACTERS = 80;

type Options = Parameters<S3Client['send']>[1];

/**
 * Reads a small object that bucketsync itself has written: a report, a lock.
 *
 * @throws ForeignAnswerError  something else than S3 has answered, or only a part has arrived
 */
export async function readWhole(
  client: S3Client,
  input: GetObjectCommandInput,
  options: Options = {},
  tries = TRIES,
): Promise<StoredFile> {
  const command = new GetObjectCommand(input);
  const now = serverTimeOf(command);
  const { Body, ContentLength, ContentType, ETag, LastModified } = await client.send(command, options);
  const body = Buffer.from((await Body?.transformToByteArray()) ?? []);
  const isPage = /^text\/html\b/i.test(ContentType ?? '') && !input.Key?.endsWith('.html');
  if (ETag && !isPage && (ContentLength ?? body.length) === body.length)
    return { body, version: ETag, writtenAt: LastModified?.getTime(), now: now() };
  if (tries > 1) return readWhole(client, input, options, tries - 1);
  const start = JSON.stringify(body.toString('utf8', 0, SHOWN_CHARACTERS));
  const what = `${body.length} bytes of ${ContentType ?? 'no type'}${ETag ? '' : ' without an ETag'}: ${start}`;
  throw new ForeignAnswerError(`the object ${input.Key} from S3`, what);
}

/**
 * Makes sure that S3 has answered a write: it says under which ETag it keeps the object.
 *
 * @throws ForeignAnswerError
 */
export function requireKept({ ETag }: { readonly ETag?: string | undefined }, key: string): void {
  if (!ETag) throw new ForeignAnswerError(`S3 to say under which ETag it keeps the object ${key}`, 'none');
}
