import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { BucketsyncError, InvalidInputError } from '../../statemachine/errors';
import { parseJson } from '../../statemachine/input/parse-json';
import { parseGivenFields, parseSyncInput } from '../../statemachine/input/parse-sync-input';
import type { IsApart, SyncRequest } from '../../statemachine/input/sync-input';
import { parseS3Url } from '../../wording/s3-url';
import { nameOfPart, optionName } from '../output/option-name';

export interface RequestSources {
  /** The two s3:// URLs, if they were given. */
  readonly source?: string;
  readonly destination?: string;
  /** Name of a JSON file; `-` is standard input. */
  readonly inputFile?: string;
  /** Whether a deployed state machine fills in missing fields, including the two buckets. */
  readonly isDeployed?: boolean;
  /** Whether buckets of equal names are different buckets. */
  readonly isApart?: IsApart;
  /** Fields given as options. They override the file. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Builds the execution input from the command line and the input file, and checks it. A URL with a folder sets the folders of
 * both sides. If no URL has a folder, the options or the file may set `prefix`.
 *
 * @throws InvalidInputError  names the invalid option or file
 */
export async function readRequest<Request = SyncRequest>(sources: RequestSources): Promise<Request> {
  const fromFile = sources.inputFile === undefined ? {} : await readInputFile(sources.inputFile);
  const request = withListOfKeys({ ...fromFile, ...readUrls(sources), ...sources.options }, sources.isDeployed);
  if (!sources.isDeployed) refuseMissingUrls(request);
  try {
    if (sources.isDeployed) parseGivenFields(request);
    else parseSyncInput(request, sources.isApart);
  } catch (error) {
    throw asTyped(error, sources);
  }
  return request as Request;
}

function readUrls({ source, destination, options }: RequestSources): Partial<SyncRequest> {
  if (source === undefined) return {};
  if (destination === undefined) throw new InvalidInputError(`Expected a destination after ${source}: s3://bucket`);
  const [from, to] = [parseS3Url(source), parseS3Url(destination)];
  const buckets = { source: from.bucket, destination: to.bucket };
  if (from.prefix === '' && to.prefix === '') return buckets;
  const twice = ['prefix', 'destinationPrefix'].find((field) => field in options);
  if (twice) throw new InvalidInputError(`Expected the folder in the URLs or in ${optionName(twice)}, got it in both`);
  return { ...buckets, prefix: from.prefix, destinationPrefix: to.prefix };
}

/** A file of this machine becomes an absolute address. @throws InvalidInputError  functions in AWS cannot read it */
function withListOfKeys(request: { readonly keys?: unknown }, isDeployed = false): object {
  const { keys } = request;
  if (typeof keys !== 'string' || keys === '' || keys.startsWith('s3://')) return request;
  if (isDeployed) {
    throw new InvalidInputError(
      `Expected ${optionName('keys')} to be s3://bucket/key, got "${keys}": functions in AWS cannot read a file of this machine. Copy ` +
        'it into the report bucket, below `keys/`',
      { field: 'keys' },
    );
  }
  return { ...request, keys: keys.startsWith('file://') ? keys : pathToFileURL(resolve(keys)).href };
}

function refuseMissingUrls(request: object): void {
  if ('source' in request && 'destination' in request) return;
  throw new InvalidInputError('Expected a source and a destination: s3://bucket/folder s3://bucket/folder');
}

async function readInputFile(name: string): Promise<object> {
  const content = name === '-' ? await text(process.stdin) : await readText(name);
  const where = name === '-' ? 'standard input' : name;
  let input: unknown;
  try {
    input = parseJson(content);
  } catch (cause) {
    throw new InvalidInputError(`Expected ${where} to contain JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  throw new InvalidInputError(`Expected ${where} to contain a JSON object with the fields of the execution input`);
}

async function readText(name: string): Promise<string> {
  try {
    return await readFile(name, 'utf8');
  } catch (cause) {
    throw new InvalidInputError(`Could not read the input file ${name}: ${(cause as Error).message}`, { cause });
  }
}

/** Names a field as the user wrote it: as an option if it came from the command line, otherwise with its file. */
export function asTyped(
  error: unknown,
  { inputFile, options }: Pick<RequestSources, 'inputFile' | 'options'>,
): unknown {
  if (!(error instanceof BucketsyncError)) return error;
  const field = error instanceof InvalidInputError ? error.field : undefined;
  if (field !== undefined && Object.hasOwn(options, field)) {
    return new InvalidInputError(nameOption(error.message, field), { field });
  }
  const isFromFile = inputFile !== undefined && inputFile !== '-';
  return isFromFile ? new InvalidInputError(`${inputFile}: ${error.message}`) : error;
}

/** The field may be followed by a part of it, and by the index of an entry. */
function nameOption(message: string, field: string): string {
  return message.replace(new RegExp(`\`${field}(?:\\.(\\w+))?(\\[\\d+\\])?\``), (_, part?: string) =>
    optionName(part === undefined ? field : nameOfPart(field, part)),
  );
}
