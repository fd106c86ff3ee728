import { type S3Server, startS3 } from '../../local/s3';
import { answerParent } from '../frame/child';
import { type CaseName, DESTINATION, fillBuckets, SOURCE } from './cases';
import { type Difference, findDifference } from './equality';
import { delayOf } from './speeds';

/** Asks for buckets; answered by the endpoint. */
export interface Begin {
  readonly case: CaseName;
  readonly objects: number;
  readonly speed: 'full' | 's3';
}

/** Says that what was seen so far does not count. */
export interface Forget {
  readonly forget: true;
}

/** Asks what was seen since. */
export interface End {
  readonly end: true;
}

export interface Seen {
  readonly requests: Readonly<Record<string, number>>;
  readonly cpuMs: number;
  readonly difference: Difference;
}

let server: S3Server | undefined;
let cpuBefore = process.cpuUsage();

async function begin({ case: name, objects, speed }: Begin): Promise<{ endpoint: string }> {
  server = await startS3({ credentials: 'any', ...(speed === 's3' && { onRequest: delayOf }) });
  fillBuckets(server.state, name, objects);
  cpuBefore = process.cpuUsage();
  return server;
}

function forget(): object {
  server?.requests.reset();
  cpuBefore = process.cpuUsage();
  return {};
}

function see(): Seen {
  const cpu = process.cpuUsage(cpuBefore);
  return {
    requests: server?.requests.byOperation() ?? {},
    cpuMs: (cpu.user + cpu.system) / 1000,
    difference: server ? findDifference(server.bucket(SOURCE), server.bucket(DESTINATION)) : {},
  };
}

answerParent<Begin | Forget | End>(async (question) => {
  if ('forget' in question) return forget();
  return 'end' in question ? see() : { endpoint: (await begin(question)).endpoint };
});
