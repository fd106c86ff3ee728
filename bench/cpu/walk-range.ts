import { pathToFileURL } from 'node:url';
import type { Host } from '../../lambdas/engine/ports/host';
import { copyRange } from '../../lambdas/engine/tasks/copy-range';
import { validateInput } from '../../lambdas/engine/tasks/validate-input';
import { lambdaHost } from '../../lambdas/host/lambda-host';
import { S3Destination } from '../../lambdas/s3/buckets/s3-destination';
import { s3Client } from '../../lambdas/s3/client/s3-client';
import { createTemporaryFolder } from '../../local/temporary-folder';
import { CONTRACT_VERSION, ENVIRONMENT, type RangeInput } from '../../statemachine/contract';
import { answerParent } from '../frame/child';
import { DESTINATION, SOURCE } from '../peers/cases';
import { CREDENTIALS } from '../peers/tools/tool';
import { SdkSource } from './sdk-source';

/** Asks for a walk over both buckets. */
export interface Walk {
  readonly endpoint: string;
  /** What reads the list pages. */
  readonly reader: 'scanner' | 'sdk';
}

/** What a walk took this process, user and system time of all its threads. */
export interface Walked {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly unchanged: number;
  readonly listRequests: number;
}

const AN_HOUR_MS = 3_600_000;

/** Walks once so that the code is compiled, as it is in a function at work, and then takes the best of three walks. */
async function walk({ endpoint, reader }: Walk): Promise<Walked> {
  using reports = createTemporaryFolder('cpu');
  Object.assign(process.env, CREDENTIALS, {
    AWS_ENDPOINT_URL_S3: endpoint,
    [ENVIRONMENT.reportLocation]: pathToFileURL(reports.path).href,
    [ENVIRONMENT.roundBudgetsMs]: String(AN_HOUR_MS),
  });
  const host = createHost(reader);
  const input = await rangeOfAll(host);
  await walkOnce(input, host);
  const walks: Walked[] = [];
  for (let run = 0; run < 3; run++) walks.push(await walkOnce(input, host));
  return walks.reduce((best, other) => (other.cpuMs < best.cpuMs ? other : best));
}

async function walkOnce(input: RangeInput, host: Host): Promise<Walked> {
  const [cpu, startedAt] = [process.cpuUsage(), performance.now()];
  const { counters, tokens } = await copyRange(input, host);
  const { user, system } = process.cpuUsage(cpu);
  if (tokens.length > 0) throw new Error('Expected the walk to reach the end of the range');
  return {
    cpuMs: (user + system) / 1000,
    wallMs: performance.now() - startedAt,
    unchanged: counters.unchanged,
    listRequests: counters.requests.list,
  };
}

function createHost(reader: Walk['reader']): Host {
  const host = lambdaHost({ getRemainingTimeInMillis: () => AN_HOUR_MS });
  if (reader === 'scanner') return host;
  return {
    ...host,
    openBuckets({ sourceRegion, destinationRegion }, observer) {
      const common = { prefix: '', owner: undefined, pageSize: 1000, observer };
      const source = { ...common, client: s3Client(sourceRegion), bucket: SOURCE };
      const destination = { ...common, client: s3Client(destinationRegion), bucket: DESTINATION };
      const written = new S3Destination(destination, source, {});
      const listed = new SdkSource(destination);
      written.listPage = (request) => listed.listPage(request);
      return { source: new SdkSource(source), destination: written };
    },
  };
}

async function rangeOfAll(host: Host): Promise<RangeInput> {
  const { run, phases } = await validateInput(
    {
      contract: CONTRACT_VERSION,
      // The process ends without giving a lock back, and the next one walks the same buckets.
      input: { source: SOURCE, destination: DESTINATION, lock: 'none' },
      executionId: 'cpu',
      executionName: 'cpu',
      startedAt: new Date().toISOString(),
    },
    host,
  );
  const [phase] = phases;
  if (!phase) throw new Error('Expected a phase');
  // One walker, so that each key is listed once: what splitting costs is measured by the suite `scale`.
  const share = { ranges: 1, walkers: 1, uploads: 1 };
  return { run, phase, tokens: [{}], budgetMs: AN_HOUR_MS, round: 1, index: 0, share };
}

answerParent(walk);
