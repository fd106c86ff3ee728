import type { RequestInfo, S3Server } from '../../local/s3';
import { RESERVED_FOLDER } from '../../statemachine/reserved-folder';
import { findGrants } from '../permissions/evaluate';
import type { Permission } from '../permissions/role-permissions';
import { listNeeds, type S3Need } from '../permissions/s3-needs';

const READS = ['s3:GetObject', 's3:GetObjectTagging'];
const WRITES = [
  's3:PutObject',
  's3:PutObjectTagging',
  's3:DeleteObject',
  's3:AbortMultipartUpload',
  's3:ListMultipartUploadParts',
];

interface Side {
  readonly bucket: string;
  /** With its trailing slash. */
  readonly folder: string;
}

/** IAM for somebody who may use a folder of each bucket, and list nothing beyond: what is asked for besides is refused. */
export class FolderIam {
  /** What was listed, as `bucket/prefix`. */
  readonly listed = new Set<string>();
  readonly refused: string[] = [];
  readonly #policy: readonly Permission[];
  readonly #known = new Map<string, Promise<boolean>>();

  constructor(
    private readonly s3: S3Server,
    source: Side,
    destination: Side,
  ) {
    this.#policy = [
      ...permissionsOf(source, READS),
      ...permissionsOf(destination, [...READS, ...WRITES]),
      ...['s3:GetObject', 's3:PutObject', 's3:DeleteObject'].map((action) => ({
        action,
        resource: `arn:aws:s3:::${destination.bucket}/${RESERVED_FOLDER}*`,
      })),
    ];
  }

  async authorize(request: RequestInfo): Promise<boolean> {
    const { operation, bucket, query } = request;
    if (operation === 'ListObjectsV2') this.listed.add(`${bucket}/${query.get('prefix') ?? ''}`);
    const needs = [...(await this.#needsOf(request)), ...this.#hidden(request)].map((need) => strict(request, need));
    const allowed = await Promise.all(needs.map((need) => this.#allows(need)));
    if (allowed.every(Boolean)) return true;
    this.refused.push(`${operation} ${bucket}/${request.key ?? ''}`);
    return false;
  }

  /** Each key of a batch of deletes for itself. */
  async #needsOf(request: RequestInfo): Promise<S3Need[]> {
    const needs = await listNeeds(this.s3, request);
    if (request.operation !== 'DeleteObjects') return [...needs];
    const body = (await request.readBody()).toString('utf8');
    return [...body.matchAll(/<Key>([^<]*)/g)].flatMap(([, key]) => needs.map((need) => ({ ...need, key })));
  }

  /** Of a key that is not there, S3 hides from those who may not list the bucket whether it is. */
  #hidden({ operation, bucket, key = '', headers }: RequestInfo): S3Need[] {
    const source = headers['x-amz-copy-source'];
    const [, from = '', fromKey = ''] = /^\/?([^/]+)\/(.*)$/s.exec(decodeURIComponent(source ?? '')) ?? [];
    if (source !== undefined && !this.s3.bucket(from).get(fromKey)) return [{ action: 's3:ListBucket', bucket: from }];
    const isHidden =
      operation === 'DeleteObject' && headers['if-match'] !== undefined && !this.s3.bucket(bucket).get(key);
    return isHidden ? [{ action: 's3:ListBucket', bucket }] : [];
  }

  #allows({ action, bucket, key, prefix }: S3Need): Promise<boolean> {
    const resource = `arn:aws:s3:::${bucket}${key === undefined ? '' : `/${key.replace(/[^/]*$/, 'key')}`}`;
    const context: Record<string, string> = prefix === undefined ? {} : { 's3:prefix': prefix };
    const name = JSON.stringify([action, resource, context]);
    const known =
      this.#known.get(name) ??
      findGrants(this.#policy, { action, resource, context }).then((grants) => grants.length > 0);
    this.#known.set(name, known);
    return known;
  }
}

/** No other request than a listing says of a prefix that it is about it. */
function strict({ operation }: RequestInfo, need: S3Need): S3Need {
  if (operation === 'ListObjectsV2') return need;
  const { prefix: _, ...others } = need;
  return others;
}

function permissionsOf({ bucket, folder }: Side, actions: readonly string[]): Permission[] {
  return [
    {
      action: 's3:ListBucket',
      resource: `arn:aws:s3:::${bucket}`,
      condition: { StringLike: { 's3:prefix': `${folder}*` } },
    },
    ...actions.map((action) => ({ action, resource: `arn:aws:s3:::${bucket}/${folder}*` })),
  ];
}
