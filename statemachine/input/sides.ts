import * as z from 'zod';
import { ADDRESSING_STYLES, isAwsEndpoint } from '../aws-endpoint';
import { ANY_REGION, partitionOf } from '../partition';
import { inputError } from './describe-issues';
import { parseJson } from './parse-json';

export type AddressingStyle = (typeof ADDRESSING_STYLES)[number];

export type Side = 'source' | 'destination';

/** The endpoint of AWS itself, even if the environment names another one. */
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
      caBundle: z.string().min(1).optional(),
      channel: z.string().min(1).optional(),
      secret: z.string().regex(arnOf('secretsmanager'), 'the ARN of a secret').optional(),
      role: z.string().regex(arnOf('iam'), 'the ARN of a role').optional(),
    })
    .refine(
      ({ channel, secret, role }) => [channel, secret, role].filter((name) => name !== undefined).length <= 1,
      'credentials from one place',
    ),
);

/** How to reach one side, if not as the environment says. It has no secret, only the place of one. */
export interface SideSetting {
  readonly side: Side;
  /** Absent: any bucket on that side. */
  readonly bucket?: string;
  /** Endpoint of S3, or `AWS_ENDPOINT`. Absent: the environment's endpoint. */
  readonly endpointUrl?: string;
  /** Region of the first request, and of signatures if the server does not tell its region. */
  readonly region?: string;
  /** Where requests name the bucket. Absent: `auto`, or as the environment says if the endpoint is the environment's. */
  readonly addressingStyle?: AddressingStyle;
  /** File of this machine with the only certificates that are trusted. Absent: as for both sides. */
  readonly caBundle?: string;
  /** Credentials from the parent process, the ARN of a secret, or the ARN of a role. Absent: the environment's credentials. */
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

/** The setting for a bucket. Undefined: only the environment applies. */
export function findSideSetting(settings: readonly SideSetting[], side: Side, bucket: string): SideSetting | undefined {
  return settings.find((setting) => setting.side === side && (setting.bucket ?? bucket) === bucket);
}

/** How to reach the two sides of a run. Undefined: as the environment says. */
export interface BothSides {
  readonly source: SideSetting | undefined;
  readonly destination: SideSetting | undefined;
  /** The endpoint that the environment names, if any. */
  readonly home: string | undefined;
}

/** Whether no server has both sides, so that buckets of equal names are different buckets. */
export function areApart({ source, destination, home }: BothSides): boolean {
  return placeOf(source, home) !== placeOf(destination, home);
}

/** Whether one server can copy from one side to the other: it has both, and accepts the same credentials for both. */
export function areOneWorld(both: BothSides): boolean {
  return !areApart(both) && credentialsOf(both.source) === credentialsOf(both.destination);
}

function credentialsOf({ channel, secret, role }: Partial<SideSetting> = {}): string {
  return secret ?? role ?? channel ?? '';
}

/** AWS has many endpoints, but each of its partitions is one place. */
function placeOf({ endpointUrl, region = ANY_REGION }: Partial<SideSetting> = {}, home = AWS_ENDPOINT): string {
  const { hostname = '', href = AWS_ENDPOINT } = URL.parse(endpointUrl ?? home) ?? {};
  if (href !== AWS_ENDPOINT && !isAwsEndpoint(href)) return href.replace(/\/$/, '');
  return hostname.endsWith('.cn') ? 'aws-cn' : partitionOf(region);
}

export function isEndpoint(url: string): boolean {
  const { protocol = '', username, password, search, hash } = URL.parse(url) ?? {};
  return /^https?:$/.test(protocol) && !username && !password && !search && !hash;
}
