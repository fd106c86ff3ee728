import { DeleteObjectsCommand, PutObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import PQueue from 'p-queue';
import { bodyBytes } from '../s3';
import { contentOf } from './content';
import type { SiteObject } from './site-object';
import { stagingSite } from './staging-site';

const CONCURRENCY = 64;

const client = new S3Client({
  forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined, // an S3 on this machine has no host name for each bucket
  requestHandler: new NodeHttpHandler({ httpsAgent: { maxSockets: CONCURRENCY } }),
});

/** Properties of the custom resource. */
export interface BucketContent {
  readonly Bucket: string;
  /** Whether to fill the bucket with the demo's site. */
  readonly Fill: 'true' | 'false';
}

/** CloudFormation reads 4,096 bytes at most, of which the ids need some hundred. */
const LONGEST_REASON = 1000;

/**
 * Custom resource of CloudFormation: fills a bucket when the stack is created, and empties it when the stack is destroyed.
 *
 * @throws Error  CloudFormation did not take the answer; Lambda then repeats the invocation
 */
export async function handler(event: CloudFormationCustomResourceEvent<BucketContent>): Promise<void> {
  const { Bucket } = event.ResourceProperties;
  await answer(event, Bucket, await outcomeOf(() => act(event)));
}

async function act({
  RequestType,
  ResourceProperties: { Bucket, Fill },
}: CloudFormationCustomResourceEvent<BucketContent>) {
  if (RequestType === 'Create' && Fill === 'true') await fill(Bucket);
  if (RequestType === 'Delete') await empty(Bucket);
}

type Outcome = { readonly Status: 'SUCCESS' } | { readonly Status: 'FAILED'; readonly Reason: string };

async function outcomeOf(work: () => Promise<void>): Promise<Outcome> {
  try {
    await work();
    return { Status: 'SUCCESS' };
  } catch (error) {
    return { Status: 'FAILED', Reason: String(error).slice(0, LONGEST_REASON) };
  }
}

/**
 * The URL is signed without a content type, so the request must not have one. The answer repeats only the ids of the event.
 */
async function answer(
  { ResponseURL, StackId, RequestId, LogicalResourceId }: CloudFormationCustomResourceEvent<BucketContent>,
  PhysicalResourceId: string,
  outcome: Outcome,
): Promise<void> {
  const body = JSON.stringify({ ...outcome, PhysicalResourceId, StackId, RequestId, LogicalResourceId });
  const { ok, status } = await fetch(ResponseURL, { method: 'PUT', headers: { 'content-type': '' }, body });
  if (!ok)
    throw new Error(`Expected CloudFormation to take the answer for ${LogicalResourceId}, got the status ${status}`);
}

async function fill(bucket: string): Promise<void> {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const puts = [...stagingSite(new Date())].map((object) => () => client.send(putCommand(bucket, object)));
  await queue.addAll(puts);
}

async function empty(bucket: string): Promise<void> {
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket })) {
    if (Contents.length === 0) continue;
    const Objects = Contents.map(({ Key }) => ({ Key }));
    const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
    if (Errors.length > 0) throw new Error(`Could not delete ${Errors[0]?.Key}: ${Errors[0]?.Message}`);
  }
}

function putCommand(bucket: string, { key, attributes, ...content }: SiteObject): PutObjectCommand {
  const { system = {}, user = {}, tags = [] } = attributes;
  return new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: bodyBytes(contentOf(content)),
    ContentType: system['content-type'],
    CacheControl: system['cache-control'],
    ContentDisposition: system['content-disposition'],
    ContentLanguage: system['content-language'],
    Metadata: Object.fromEntries(Object.entries(user).map(([name, value]) => [name, encodeWords(value)])),
    Tagging: tags.length > 0 ? new URLSearchParams(Object.fromEntries(tags)).toString() : undefined,
  });
}

/** Headers are ASCII; S3 itself shows other characters in this form. */
function encodeWords(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`;
}
