import { Help } from 'commander';

const COLUMNS = 78;

/** For the end of a command's help. @param codes  `0 done, 1 the run failed, …` */
export function exitCodes(codes: string): string {
  return `\n${new Help().boxWrap(`Exit codes: ${codes}.`, COLUMNS).replaceAll('\n', '\n  ')}`;
}
