import { Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { isAwsEndpoint } from '../statemachine/aws-endpoint';
import { InvalidInputError } from '../statemachine/errors';
import { formatValue } from '../statemachine/input/describe-issues';
import {
  AWS_ENDPOINT,
  areApart,
  type BothSides,
  isEndpoint,
  type Side,
  type SideSetting,
} from '../statemachine/input/sides';
import { type SyncLocation, toLocation } from './sync-location';
import type { SyncMirror } from './sync-mirror';

/** Whether functions reach the side with their own roles. */
export function isReachedByRoles({ endpointUrl, secret, role }: SyncLocation): boolean {
  return secret === undefined && role === undefined && endpointUrl === undefined;
}

/** The settings of both sides for the functions. A side that they reach with their own roles has none. */
export function sidesOf({ source, destination }: Pick<SyncMirror, 'source' | 'destination'>): BothSides {
  return {
    source: settingOf('source', source),
    destination: settingOf('destination', destination),
    home: AWS_ENDPOINT,
  };
}

/** Whether buckets of equal names are different buckets. */
export function isApartIn(mirror: Pick<SyncMirror, 'source' | 'destination'>): () => boolean {
  const isApart = areApart(sidesOf(mirror));
  return () => isApart;
}

/** A name of the bucket that is unique among all servers. */
export function nameOfPlace(name: string, place: SyncMirror['source']): string {
  const { endpointUrl } = toLocation(place);
  if (endpointUrl === undefined || isAwsEndpoint(endpointUrl)) return name;
  return `${URL.parse(endpointUrl)?.host ?? endpointUrl}/${name}`;
}

/** The sides of all mirrors of a construct, for the environment of its functions. Undefined if there are none. */
export function sideSettings(mirrors: readonly SyncMirror[]): SideSetting[] | undefined {
  const settings = new Map<string, SideSetting>();
  for (const { source, destination } of mirrors.map(sidesOf)) {
    for (const setting of [source, destination]) {
      if (setting) settings.set(JSON.stringify([setting.side, setting.bucket]), setting);
    }
  }
  return settings.size === 0 ? undefined : [...settings.values()];
}

/**
 * Allows a function to use the credentials of a side, instead of permissions of its own.
 *
 * Written by hand, because `grantRead` also allows `secretsmanager:DescribeSecret`.
 */
export function grantCredentials(grantee: iam.IGrantable, { secret, role }: SyncLocation): void {
  if (role) {
    iam.Grant.addToPrincipal({ grantee, actions: ['sts:AssumeRole'], resourceArns: [role.roleArn] });
  }
  if (!secret) return;
  // a secret that is imported by its name does not have the end of its ARN
  const arn = secret.secretFullArn ?? `${secret.secretArn}-??????`;
  iam.Grant.addToPrincipal({ grantee, actions: ['secretsmanager:GetSecretValue'], resourceArns: [arn] });
  secret.encryptionKey?.grant(grantee, 'kms:Decrypt');
}

/** @throws InvalidInputError  the side could not be reached, or the same bucket is reached in two ways */
export function refuseStraySides(mirrors: readonly SyncMirror[], path: string): void {
  const known = new Map<string, string>();
  mirrors.forEach(({ source, destination }, index) => {
    for (const [side, place] of [['source', source] as const, ['destination', destination] as const]) {
      const where = `${path}, mirrors[${index}].${side}`;
      refuseStray(toLocation(place), where);
      const id = JSON.stringify([side, toLocation(place).bucket.bucketName]);
      const way = JSON.stringify(settingOf(side, place) ?? null);
      if ((known.get(id) ?? way) !== way) {
        throw wrong(
          where,
          `one way to reach each bucket of a side, got two: deploy the mirrors in separate constructs`,
        );
      }
      known.set(id, way);
    }
  });
}

function refuseStray({ endpointUrl, region, addressingStyle, secret, role }: SyncLocation, where: string): void {
  if (secret && role) throw wrong(where, 'either `secret` or `role`, got both');
  if (endpointUrl === undefined) {
    if (region !== undefined) throw wrong(where, 'no `region` without `endpointUrl`: AWS tells the region of a bucket');
    if (addressingStyle !== undefined) throw wrong(where, 'no `addressingStyle` without `endpointUrl`');
    return;
  }
  if (Token.isUnresolved(endpointUrl) || !isEndpoint(endpointUrl)) {
    throw wrong(where, `\`endpointUrl\` to be a URL like https://s3.example.com, got ${formatValue(endpointUrl)}`);
  }
  if (addressingStyle !== undefined && !['path', 'virtual'].includes(addressingStyle)) {
    throw wrong(where, `\`addressingStyle\` to be path or virtual, got ${formatValue(addressingStyle)}`);
  }
  if (secret || isAwsEndpoint(endpointUrl)) return;
  throw wrong(where, `a \`secret\` with the credentials for ${endpointUrl}: that server does not know roles`);
}

function wrong(where: string, expected: string): InvalidInputError {
  return new InvalidInputError(`\`${where}\`: Expected ${expected}`);
}

function settingOf(side: Side, place: SyncMirror['source']): SideSetting | undefined {
  const location = toLocation(place);
  if (isReachedByRoles(location)) return undefined;
  const { bucket, endpointUrl, region, addressingStyle, secret, role } = location;
  return {
    side,
    bucket: bucket.bucketName,
    ...(endpointUrl !== undefined && { endpointUrl }),
    ...(region !== undefined && { region }),
    ...(addressingStyle !== undefined && { addressingStyle }),
    ...(secret && { secret: secret.secretArn }),
    ...(role && { role: role.roleArn }),
  };
}
