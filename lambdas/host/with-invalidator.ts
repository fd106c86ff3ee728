import type { Host } from '../engine/ports/host';
import { openInvalidator } from './invalidator/open-invalidator';

/** The host of a Task that tells CloudFront what has changed. The functions of all other Tasks do without its client. */
export function withInvalidator(host: Host): Host {
  return { ...host, invalidator: openInvalidator(process.env) };
}
