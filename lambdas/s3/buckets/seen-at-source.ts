import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { RESERVED_FOLDER } from '../../../statemachine/reserved-folder';
import { isAbsent, isForbidden } from '../errors/s3-errors';
import type { Side } from './side';

type Place = Pick<Side, 'client' | 'bucket' | 'owner' | 'requestPayer'>;

/** Writes an object of its own to one bucket, looks for it in the other one, and deletes it. */
export async function isSeenAtSource(source: Place, destination: Place): Promise<boolean | undefined> {
  const Key = `${RESERVED_FOLDER}probe-${randomUUID()}`;
  const object = ({ bucket, owner, requestPayer }: Place) => {
    return { Bucket: bucket, Key, ExpectedBucketOwner: owner, RequestPayer: requestPayer };
  };
  try {
    await destination.client.send(
      new PutObjectCommand({ ...object(destination), Body: 'Nobody needs this object.\n' }),
    );
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
  try {
    await source.client.send(new HeadObjectCommand(object(source)));
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    if (isForbidden(error)) return undefined;
    throw error;
  } finally {
    await destination.client.send(new DeleteObjectCommand(object(destination))).catch(() => {});
  }
}
