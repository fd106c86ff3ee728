import { isErrorName } from '../../../statemachine/errors';

const DEEPEST = 5;
const FRAMES = 3;

/** What S3's errors have, as far as the log tells it. */
interface ServerError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly said?: { readonly code?: string; readonly status?: number };
}

/**
 * What a log may tell of an error: its name, and what S3's support asks for. Its message stays out, because it may name keys. An
 * error that is not one of ours may be a bug, so the log has the places in the code.
 */
export function describeFailure(error: unknown): Record<string, unknown> {
  const chain = chainOf(error);
  const server = chain.find(({ $metadata, said }) => $metadata ?? said);
  const status = server?.$metadata?.httpStatusCode ?? server?.said?.status;
  const name = safeName(chain[0]?.name);
  return {
    error: name,
    ...(server && { code: safeName(server.said?.code ?? server.name) }),
    ...(Number.isInteger(status) && { httpStatus: status }),
    ...(server?.$metadata?.requestId !== undefined && { s3RequestId: safeId(server.$metadata.requestId) }),
    ...(!server && !isErrorName(name) && { at: framesOf(chain[0]) }),
  };
}

/** At level debug. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A server may send any text as a code. @returns the text if it looks like a name */
export function safeName(text: unknown): string {
  return typeof text === 'string' && /^[A-Za-z][\w.-]{0,63}$/.test(text) ? text : 'Error';
}

function safeId(text: string): string | undefined {
  return /^[\w-]{1,64}$/.test(text) ? text : undefined;
}

function chainOf(error: unknown): ServerError[] {
  const chain: ServerError[] = [];
  for (let next = error; next instanceof Error && chain.length < DEEPEST; next = next.cause) chain.push(next);
  return chain;
}

/** A trace begins with the message. If somebody has changed name or message since, it cannot be told where the message ends. */
function framesOf(error: Error | undefined): string[] {
  const head = `${error?.name}: ${error?.message}\n`;
  if (!error?.stack?.startsWith(head)) return [];
  return error.stack
    .slice(head.length)
    .split('\n')
    .slice(0, FRAMES)
    .map((frame) => frame.trim());
}
