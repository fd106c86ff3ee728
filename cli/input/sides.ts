import { isAwsEndpoint } from '../../statemachine/aws-endpoint';
import { ENVIRONMENT } from '../../statemachine/contract';
import { InvalidInputError } from '../../statemachine/errors';
import {
  type AddressingStyle,
  AWS_ENDPOINT,
  areApart,
  areOneWorld,
  type BothSides,
  parseSideSettings,
  type Side,
  type SideSetting,
} from '../../statemachine/input/sides';
import type { AwsConfig, Section } from './aws-config';
import { checkEndpoint, checkStyle, endpointOfProfile, styleOfProfile } from './endpoint';
import { bundleOfProfile } from './network';
import { profileName, requireProfile } from './profile';

/** Options that say how to reach one side. The other options and the environment apply to both sides. */
export interface SideOptions {
  readonly sourceProfile?: string;
  readonly sourceEndpointUrl?: string;
  readonly sourceRegion?: string;
  readonly sourceAddressingStyle?: string;
  readonly destinationProfile?: string;
  readonly destinationEndpointUrl?: string;
  readonly destinationRegion?: string;
  readonly destinationAddressingStyle?: string;
  /** For both sides. */
  readonly addressingStyle?: string;
}

/** Together with the name of a profile: the channel on which threads of a run ask for its credentials. */
const CHANNEL = 'bucketsync-profile-';

/**
 * Sets how to reach the two sides, if the environment does not apply to both.
 *
 * @param env  environment of the run, with the settings for both sides; it is changed
 * @throws InvalidInputError  a profile is unknown or has no credentials, or an endpoint is not a URL
 */
export function useSides(env: NodeJS.ProcessEnv, options: SideOptions, config: AwsConfig): void {
  const { addressingStyle: styleOfBoth } = options;
  const source = {
    ...{ profile: options.sourceProfile, endpointUrl: options.sourceEndpointUrl, region: options.sourceRegion },
    ...{ style: options.sourceAddressingStyle, styleOfBoth },
  };
  const destination = {
    profile: options.destinationProfile,
    endpointUrl: options.destinationEndpointUrl,
    ...{ region: options.destinationRegion, style: options.destinationAddressingStyle, styleOfBoth },
  };
  const sides = [...readSide('source', source, env, config), ...readSide('destination', destination, env, config)];
  if (sides.length > 0) env[ENVIRONMENT.sides] = JSON.stringify(sides);
}

interface OneSide {
  readonly profile: string | undefined;
  readonly endpointUrl: string | undefined;
  readonly region: string | undefined;
  readonly style: string | undefined;
  readonly styleOfBoth: string | undefined;
}

function readSide(side: Side, given: OneSide, env: NodeJS.ProcessEnv, config: AwsConfig): SideSetting[] {
  const { profile, region } = given;
  if ([profile, given.endpointUrl, region, given.style].every((option) => option === undefined)) return [];
  const section = profile === undefined ? undefined : requireProfile(profile, `--${side}-profile`, config);
  const endpointUrl = endpointOf(side, given, env, config);
  const caBundle = profile === undefined ? undefined : bundleOfProfile(profile, config);
  const addressingStyle = styleOf(side, given, endpointUrl, env, config);
  // the credentials of an AWS instance are only for AWS
  if (endpointUrl !== undefined && !isOfAws(endpointUrl)) env.AWS_EC2_METADATA_DISABLED ??= 'true';
  return [
    {
      side,
      ...(endpointUrl !== undefined && { endpointUrl }),
      ...((region ?? section?.region) !== undefined && { region: region ?? section?.region }),
      ...(addressingStyle !== undefined && { addressingStyle }),
      ...(caBundle !== undefined && { caBundle }),
      ...(profile !== undefined && !isHome(profile, env) && { channel: `${CHANNEL}${nameOf(profile, config)}` }),
    },
  ];
}

/** The option overrides the side's own profile, which overrides the settings for both sides. */
function endpointOf(side: Side, { endpointUrl, profile }: OneSide, env: NodeJS.ProcessEnv, config: AwsConfig) {
  const name = `--${side}-endpoint-url`;
  if (endpointUrl !== undefined) return endpointUrl === AWS_ENDPOINT ? AWS_ENDPOINT : checkEndpoint(endpointUrl, name);
  const own = profile === undefined ? undefined : endpointOfProfile({ AWS_PROFILE: profile }, config);
  return own ? checkEndpoint(own, `the endpoint of S3 in the profile "${profile}"`) : env.AWS_ENDPOINT_URL_S3;
}

/** As for an endpoint. The environment's style, also from the profile of both sides, applies only to the environment's endpoint. */
function styleOf(
  side: Side,
  { style, styleOfBoth, profile }: OneSide,
  endpointUrl: string | undefined,
  env: NodeJS.ProcessEnv,
  config: AwsConfig,
): AddressingStyle | undefined {
  const isHere = endpointUrl === env.AWS_ENDPOINT_URL_S3;
  return (
    checkStyle(style, `--${side}-addressing-style`) ??
    checkStyle(styleOfBoth, '--addressing-style') ??
    (profile === undefined ? undefined : styleOfProfile(profile, config)) ??
    (isHere ? checkStyle(env[ENVIRONMENT.addressingStyle] || undefined, ENVIRONMENT.addressingStyle) : undefined)
  );
}

function isOfAws(endpointUrl: string): boolean {
  return endpointUrl === AWS_ENDPOINT || isAwsEndpoint(endpointUrl);
}

/** Both sides already use this profile. */
function isHome(profile: string, env: NodeJS.ProcessEnv): boolean {
  return env.AWS_PROFILE !== undefined && profileName(env) === profile;
}

/** The first of all profiles with the same key, because they have the same credentials. */
function nameOf(profile: string, { profiles }: AwsConfig): string {
  const key = staticKeyOf(profiles.get(profile));
  const [first = profile] = [...profiles].flatMap(([name, section]) => (staticKeyOf(section) === key ? [name] : []));
  return key === undefined ? profile : first;
}

function staticKeyOf({ aws_access_key_id: key, role_arn: role }: Section = {}): string | undefined {
  return role === undefined ? key : undefined;
}

/** Profiles whose credentials a run requires, in addition to those for both sides. */
export function profilesOfSides(env: NodeJS.ProcessEnv): string[] {
  return [...new Set(settingsIn(env).flatMap(({ channel }) => (channel ? [channel.slice(CHANNEL.length)] : [])))];
}

export function channelOf(profile: string): string {
  return `${CHANNEL}${profile}`;
}

/** Whether buckets of the two sides are different even if their names are equal. */
export function isApartIn(env: NodeJS.ProcessEnv): () => boolean {
  const isApart = areApart(bothIn(env));
  return () => isApart;
}

/** `http://127.0.0.1:9000, profile minio → AWS, eu-west-1, through this machine`; undefined: both sides are as the environment says */
export function describeSides(env: NodeJS.ProcessEnv): string | undefined {
  const both = bothIn(env);
  const { source, destination } = both;
  if (!source && !destination) return undefined;
  const through = areOneWorld(both) ? '' : ', through this machine';
  return `${describe(source, env)} → ${describe(destination, env)}${through}`;
}

function describe({ endpointUrl, region, channel }: Partial<SideSetting> = {}, env: NodeJS.ProcessEnv): string {
  const endpoint = endpointUrl ?? env.AWS_ENDPOINT_URL_S3;
  const profile = channel?.slice(CHANNEL.length) ?? env.AWS_PROFILE;
  const place = endpoint === undefined || endpoint === AWS_ENDPOINT ? 'AWS' : endpoint;
  return [place, profile && `profile ${profile}`, region].filter(Boolean).join(', ');
}

function bothIn(env: NodeJS.ProcessEnv): BothSides {
  const settings = settingsIn(env);
  return {
    source: settings.find(({ side }) => side === 'source'),
    destination: settings.find(({ side }) => side === 'destination'),
    home: env.AWS_ENDPOINT_URL_S3,
  };
}

function settingsIn(env: NodeJS.ProcessEnv): SideSetting[] {
  const text = env[ENVIRONMENT.sides];
  return text ? parseSideSettings(text) : [];
}

/**
 * A retry repeats what failed between two places, so it must not run between two other places.
 *
 * @param where  places of the run that it repeats
 * @throws InvalidInputError
 */
export function requireSamePlaces(
  run: string,
  { endpoint, streamedFrom }: { readonly endpoint?: string; readonly streamedFrom?: string },
  env: NodeJS.ProcessEnv,
): void {
  const both = bothIn(env);
  const { source, destination } = both;
  const isStreamed = !areOneWorld(both);
  const here = endpointIn(destination, env);
  const there = isStreamed ? (endpointIn(source, env) ?? 'AWS') : undefined;
  if (streamedFrom === undefined && !isStreamed) return;
  if (streamedFrom === there && endpoint === here) return;
  const was = `${streamedFrom ?? endpoint ?? 'AWS'} → ${endpoint ?? 'AWS'}`;
  throw new InvalidInputError(
    `Expected the places of the run ${run}, ${was}, got ${there ?? here ?? 'AWS'} → ${here ?? 'AWS'}: add the same ` +
      '--source- and --destination- options that the run had',
  );
}

function endpointIn(setting: SideSetting | undefined, env: NodeJS.ProcessEnv): string | undefined {
  const endpoint = setting?.endpointUrl ?? env.AWS_ENDPOINT_URL_S3;
  return endpoint === AWS_ENDPOINT ? undefined : endpoint;
}
