import { createServer } from 'node:http';
import { openAnnouncer } from '../../lambdas/host/announcer/open-announcer';
import { openInvalidator } from '../../lambdas/host/invalidator/open-invalidator';
import { ENVIRONMENT } from '../../statemachine/contract';
import { EVENT_SOURCE } from '../../statemachine/events/announcements';
import { FakeCloudFront } from '../support/fake-cloudfront';
import { endServer, listenOnLoopback } from '../support/loopback';
import { type Mirror, past } from '../support/mirror';
import { BUS, DISTRIBUTION, TOPIC } from './role-permissions';
import { createPair, expectSuccess, type Scenario } from './scenario';

/** What runs ask of services other than S3. */
export const SERVICE_SCENARIOS: readonly Scenario[] = [tellOthers, tellCloudFront];

/** PutEvents of ValidateInput and FinishRun, Publish of FinishRun. */
async function tellOthers(mirror: Mirror): Promise<void> {
  const { source, input } = createPair(mirror);
  source.put('object', 'x', { lastModified: past });
  const services = await startServices();
  const announcer = openAnnouncer({
    [ENVIRONMENT.events]: JSON.stringify({ bus: BUS, source: EVENT_SOURCE }),
    [ENVIRONMENT.messages]: JSON.stringify({ topic: TOPIC, on: ['SUCCEEDED'] }),
  });
  const executionId = 'arn:aws:states:us-east-1:111122223333:execution:BucketSync:told';
  const summary = await mirror.run(input, { executionId, host: { announcer } });
  services.stop();
  expectSuccess(summary);
  if (summary.warnings) throw new Error(`Expected all to be sent, got ${JSON.stringify(summary.warnings)}`);
}

/** SNS and EventBridge, which accept everything. */
async function startServices(): Promise<{ stop(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    const isEvent = request.headers['x-amz-target'] !== undefined;
    response.end(isEvent ? '{"FailedEntryCount":0}' : '<PublishResponse><PublishResult/></PublishResponse>');
  });
  const endpoint = await listenOnLoopback(server);
  Object.assign(process.env, { AWS_ENDPOINT_URL_SNS: endpoint, AWS_ENDPOINT_URL_EVENTBRIDGE: endpoint });
  return { stop: () => endServer(server) };
}

/** CreateInvalidation and GetInvalidation before the deletes and after them. ClosePhase reads in the reports what has changed. */
async function tellCloudFront(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  source.put('index.html', 'new', { lastModified: past });
  destination.put('index.html', 'former', { lastModified: past });
  destination.put('orphan', 'x');
  const cloudFront = await FakeCloudFront.start({ distributions: [DISTRIBUTION] });
  process.env.AWS_ENDPOINT_URL_CLOUDFRONT = cloudFront.endpoint;
  const invalidate = { distribution: DISTRIBUTION, wait: true };
  const host = { invalidator: openInvalidator(process.env) };
  const summary = await mirror.run({ ...input, mode: 'publish', invalidate }, { host });
  cloudFront.close();
  expectSuccess(summary);
  if (cloudFront.invalidations.length === 2 && !summary.warnings) return;
  throw new Error(`Expected two invalidations, got ${JSON.stringify([cloudFront.paths, summary.warnings])}`);
}
