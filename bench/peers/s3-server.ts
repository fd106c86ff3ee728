import { type S3Server, startS3 } from '../../local/s3';
import { type CaseName, DESTINATION, fillBuckets, SOURCE } from './cases';
import { type Difference, findDifference } from './equality';
import { delayOf } from './speeds';

export interface Begin {
  readonly case: CaseName;
  readonly objects: number;
  readonly speed: 'full' | 's3';
}

/** What the server saw of a run. */
export interface Seen {
  readonly requests: Readonly<Record<string, number>>;
  readonly cpuMs: number;
  readonly difference: Difference;
}

/** The embedded S3 in a process of its own: `begin` fills it, any later message ends the run and asks what was seen. */
async function serve(): Promise<void> {
  let server: S3Server | undefined;
  let cpuBefore = process.cpuUsage();
  process.on('message', async (begin: Begin | 'end') => {
    if (begin === 'end') {
      const cpu = process.cpuUsage(cpuBefore);
      process.send?.({
        requests: server?.requests.byOperation() ?? {},
        cpuMs: (cpu.user + cpu.system) / 1000,
        difference: server ? findDifference(server.bucket(SOURCE), server.bucket(DESTINATION)) : {},
      } satisfies Seen);
      return;
    }
    server = await startS3(begin.speed === 's3' ? { onRequest: delayOf } : {});
    fillBuckets(server.state, begin.case, begin.objects);
    cpuBefore = process.cpuUsage();
    process.send?.(server.endpoint);
  });
}

void serve();
