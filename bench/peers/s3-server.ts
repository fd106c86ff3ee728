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

function see(): Seen {
  const cpu = process.cpuUsage(cpuBefore);
  return {
    requests: server?.requests.byOperation() ?? {},
    cpuMs: (cpu.user + cpu.system) / 1000,
    difference: server ? findDifference(server.bucket(SOURCE), server.bucket(DESTINATION)) : {},
  };
}

answerParent<Begin | End>(async (question) =>
  'end' in question ? see() : { endpoint: (await begin(question)).endpoint },
);
