import * as z from 'zod';
import { ADDRESSING_STYLES, isAwsEndpoint } from '../aws-endpoint';
import { ANY_REGION, partitionOf } from '../partition';
import { inputError } from './describe-issues';
import { parseJson } from './parse-json';

export type AddressingStyle = (typeof ADDRESSING_STYLES)[number];

export type Side = 'source' | 'destination';

/** The endpoint of AWS itself, also where the environment names another one. */
export const AWS_ENDPOINT = 'aws';

const arnOf = (service: string) => new RegExp(`^arn:[a-z-]+:${service}:[a-z0-9-]*:\\d{12}:\\S+$`);

const sideSettings = z.array(
  z
    .strictObject({
      side: z.enum(['source', 'destination']),
      bucket: z.string().optional(),
      endpointUrl: z
        .string()
        .refine(
          (url) => url === AWS_ENDPOINT || isEndpoint(url),
          `a URL like https://s3.example.com, or "${AWS_ENDPOINT}"`,
        )
        .optional(),
      region: z.string().min(1).optional(),
      addressingStyle: z.enum(ADDRESSING_STYLES).optional(),
      channel: z.string().min(1).optional(),
      secret: z.string().regex(arnOf('secretsmanager'), 'the ARN of a secret').optional(),
      role: z.string().regex(arnOf('iam'), 'the ARN of a role').optional(),
    })
    .refine(
      ({ channel, secret, role }) => [channel, secret, role].filter((name) => name !== undefined).length <= 1,
      'credentials from one place',
    ),
);

/** How one side is reached, where that is not as the environment says. It holds no secret, only where one is kept. */
export interface SideSetting {
  readonly side: Side;
  /** Absent: whatever bucket is on that side. */
  readonly bucket?: string;
  /** Of S3, or `AWS_ENDPOINT`; absent: that of the environment. */
  readonly endpointUrl?: string;
  /** Where the bucket is looked for, and what requests are signed for where nobody tells. */
  readonly region?: string;
  /** Where requests name the bucket; absent: `auto`, or as the environment says if the endpoint is the environment's. */
  readonly addressingStyle?: AddressingStyle;
  /** Credentials from the process that started this one; the ARN of a secret; that of a role. Absent: the environment's. */
  readonly channel?: string;
  readonly secret?: string;
  readonly role?: string;
}

/** @throws InvalidInputError */
export function parseSideSettings(text: string): SideSetting[] {
  const parsed = sideSettings.safeParse(parseJson(text), { reportInput: true });
  if (parsed.success) return parsed.data;
  throw inputError(parsed.error, []);
}

/** What holds for a bucket; undefined: the environment alone. */
export function findSideSetting(settings: readonly SideSetting[], side: Side, bucket: string): SideSetting | undefined {
  return settings.find((setting) => setting.side === side && (setting.bucket ?? bucket) === bucket);
}

/** How the two sides of a run are reached; undefined is as the environment says. */
export interface BothSides {
  readonly source: SideSetting | undefined;
  readonly destination: SideSetting | undefined;
  /** The endpoint that the environment names, if any. */
  readonly home: string | undefined;
}

/** Whether no server has both sides, so that equal names of buckets say nothing. */
export function areApart({ source, destination, home }: BothSides): boolean {
  return placeOf(source, home) !== placeOf(destination, home);
}

/** Whether one server can copy from one side to the other: it has both, and takes the same credentials for both. */
export function areOneWorld(both: BothSides): boolean {
  return !areApart(both) && credentialsOf(both.source) === credentialsOf(both.destination);
}

function credentialsOf({ channel, secret, role }: Partial<SideSetting> = {}): string {
  return secret ?? role ?? channel ?? '';
}

/** AWS has many endpoints, and is one place in each of its partitions. */
function placeOf({ endpointUrl, region = ANY_REGION }: Partial<SideSetting> = {}, home = AWS_ENDPOINT): string {
  const { hostname = '', href = AWS_ENDPOINT } = URL.parse(endpointUrl ?? home) ?? {};
  if (href !== AWS_ENDPOINT && !isAwsEndpoint(href)) return href.replace(/\/$/, '');
  return hostname.endsWith('.cn') ? 'aws-cn' : partitionOf(region);
}

export function isEndpoint(url: string): boolean {
  const { protocol = '', username, password, search, hash } = URL.parse(url) ?? {};
  return /^https?:$/.test(protocol) && !username && !password && !search && !hash;
}
