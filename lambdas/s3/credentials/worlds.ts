import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { isAwsEndpoint } from '../../../statemachine/aws-endpoint';
import { ENVIRONMENT } from '../../../statemachine/contract';
import {
  type AddressingStyle,
  AWS_ENDPOINT,
  areApart,
  areOneWorld,
  type BothSides,
  findSideSetting,
  parseSideSettings,
  type Side,
  type SideSetting,
} from '../../../statemachine/input/sides';
import type { SideOfRun, Worlds } from '../../engine/ports/worlds';
import { channelCredentials } from './credentials';
import { roleCredentials, secretCredentials } from './side-credentials';

/** An S3 and the credentials for it. Each world has one client per region. */
export interface World {
  readonly id: string;
  /** Absent: the environment's endpoint. */
  readonly endpointUrl?: string;
  readonly region?: string;
  readonly addressingStyle?: AddressingStyle;
  /** Absent: AWS_CA_BUNDLE, if it is set. */
  readonly caBundle?: string;
  /** Absent: the environment's credentials. */
  readonly credentials?: AwsCredentialIdentityProvider;
}

/** The environment's settings, for everything that a side does not set itself. */
export const HOME: World = { id: '' };

const worlds = new Map<string, World>();
let known: { readonly text: string | undefined; readonly settings: readonly SideSetting[] } | undefined;

/** The world of a bucket on one side of a run. */
export function worldOf(side: Side, bucket: string): World {
  const setting = findSideSetting(readSettings(), side, bucket);
  if (!setting) return HOME;
  const { side: _side, bucket: _bucket, ...rest } = setting;
  const id = JSON.stringify(rest);
  const world = worlds.get(id) ?? { id, ...rest, credentials: credentialsOf(setting) };
  worlds.set(id, world);
  return world;
}

/** The differences from the environment; see `Worlds`. */
export const WORLDS: Worlds = {
  isApart: (source, destination) => areApart(settingsOf(source, destination)),
  describe({ source, destination, undo }) {
    const both = settingsOf(source, destination);
    if (!both.source && !both.destination) return undefined;
    const here = describe(worldOf('destination', destination));
    if (undo !== undefined) return { streams: false, source: here, destination: here };
    return { streams: !areOneWorld(both), source: describe(worldOf('source', source)), destination: here };
  },
};

function describe(world: World): SideOfRun {
  const endpoint = endpointOf(world);
  return { isAws: isAws(world), ...(endpoint !== undefined && { endpoint }) };
}

/** Whether requests go to AWS itself, not to another S3. */
export function isAws(world?: World): boolean {
  const endpoint = endpointOf(world);
  return endpoint === undefined || isAwsEndpoint(endpoint);
}

/** Endpoint of an S3 that differs from the SDK's default for AWS. */
export function endpointOf({ endpointUrl }: Pick<World, 'endpointUrl'> = HOME): string | undefined {
  if (endpointUrl !== undefined) return endpointUrl === AWS_ENDPOINT ? undefined : endpointUrl;
  return process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL || undefined;
}

function settingsOf(source: string, destination: string): BothSides {
  const settings = readSettings();
  return {
    source: findSideSetting(settings, 'source', source),
    destination: findSideSetting(settings, 'destination', destination),
    home: endpointOf(HOME),
  };
}

function readSettings(): readonly SideSetting[] {
  const text = process.env[ENVIRONMENT.sides];
  if (!known || known.text !== text) known = { text, settings: text ? parseSideSettings(text) : [] };
  return known.settings;
}

function credentialsOf({ secret, role, channel }: SideSetting): AwsCredentialIdentityProvider | undefined {
  if (secret !== undefined) return secretCredentials(secret);
  if (role !== undefined) return roleCredentials(role);
  return channel === undefined ? undefined : channelCredentials(channel);
}
