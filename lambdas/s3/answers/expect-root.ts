import { StoreError } from '../../engine/ports/store-error';

/** The status is good, but the document is not the expected one. */
export class UnexpectedAnswerError extends StoreError {
  constructor(message: string) {
    super('refused', message);
  }
}

/** Text before the root element. S3 sends white space while it works. */
const BEFORE = /^\s*(?:<\?xml[^<>]*\?>)?\s*/;
/** Where the root element begins. */
const BEGINNING = 1000;

/**
 * Leaves an answer to the SDK only if its root element has the expected name: servers use `…Result` or `…Response`. The SDK
 * would treat any other document as an empty answer.
 */
export function expectRoot(name: string, ...others: readonly string[]): (body: Uint8Array) => undefined {
  const root = new RegExp(`<(?:${[name, ...others].join('|')})\\w*[\\s/>]`);
  return (body) => {
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
    const start = BEFORE.exec(text)?.[0].length ?? 0;
    const beginning = text.slice(start, start + BEGINNING);
    if (root.test(beginning)) return undefined;
    throw new UnexpectedAnswerError(`Expected a <${name}…> from S3, got ${JSON.stringify(beginning.slice(0, 80))}`);
  };
}
