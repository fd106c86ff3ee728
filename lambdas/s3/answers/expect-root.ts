import { StoreError } from '../../engine/ports/store-error';

/** The status says that all is well, and the document is another one. */
export class UnexpectedAnswerError extends StoreError {
  constructor(message: string) {
    super('refused', message);
  }
}

/** What may stand before the root element; S3 sends white space, as much as there is time for. */
const BEFORE = /^\s*(?:<\?xml[^<>]*\?>)?\s*/;
/** Where the root element is to be found behind that. */
const BEGINNING = 1000;

/**
 * Leaves an answer to the SDK if the name of its root element begins so: servers call it `…Result` or `…Response`. The SDK
 * takes whatever else is there for an empty answer.
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
