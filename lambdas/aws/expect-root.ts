import { StoreError } from '../engine/object-store';

/** Where the root element of an answer is to be found. */
const BEGINNING = 1000;

/**
 * Leaves an answer to the SDK if the name of its root element begins so: servers call it `…Result` or `…Response`. The SDK
 * takes whatever else is there for an empty answer.
 */
export function expectRoot(name: string): (body: Uint8Array) => undefined {
  const root = new RegExp(`<${name}\\w*[\\s/>]`);
  return (body) => {
    const beginning = Buffer.from(body.subarray(0, BEGINNING)).toString('latin1');
    if (root.test(beginning)) return undefined;
    throw new StoreError('refused', `Expected a <${name}…> from S3, got ${JSON.stringify(beginning.slice(0, 80))}`);
  };
}
