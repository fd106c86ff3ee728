import type { Host } from '../engine/ports/host';
import { openAnnouncer } from './announcer/open-announcer';

/** The host of a Task that tells others of runs. The functions of all other Tasks do without these clients. */
export function withAnnouncer(host: Host): Host {
  return { ...host, announcer: openAnnouncer(process.env) };
}
