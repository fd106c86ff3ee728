import { OTHER_SERVERS, type OtherServer } from './catalogue';

/** What became of a server's installation. */
export interface Chosen {
  readonly name: string;
  readonly state: 'installed' | 'skipped' | 'failed';
  readonly why?: string;
}

/** As `run.ts` left it. */
export const chosen: readonly Chosen[] = JSON.parse(process.env.CHOSEN_SERVERS ?? '[]');
export const options: readonly string[] = (process.env.SERVERS_OPTIONS ?? '').split(' ');

export function installed(): readonly OtherServer[] {
  return OTHER_SERVERS.filter((server) =>
    chosen.some(({ name, state }) => name === server.name && state === 'installed'),
  );
}
