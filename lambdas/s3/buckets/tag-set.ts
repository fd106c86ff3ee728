import { GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import type { Tag } from '../../engine/ports/bucket-reader';
import { StoreError } from '../../engine/ports/store-error';
import { expectRoot, UnexpectedAnswerError } from '../answers/expect-root';
import { isNotImplemented, isUnknownRequest } from '../errors/unknown-request';
import { sendTo } from './send-to';
import { objectOf, type Side } from './side';

const readsTagging = expectRoot('Tagging', 'GetObjectTagging');

/** @throws StoreError */
export async function readTagSet(side: Side, key: string): Promise<Tag[]> {
  try {
    const command = new GetObjectTaggingCommand(objectOf(side, key));
    const { TagSet = [] } = await sendTo<GetObjectTaggingCommand>(side, 'head', command, { read: readsTagging });
    return TagSet.map(({ Key = '', Value = '' }) => ({ name: Key, value: Value }));
  } catch (error) {
    if (side.observer.lacks && isWithoutTags(error)) return [];
    throw error;
  }
}

/** Tags that a server does not show do not count. @throws StoreError */
export async function countTags(side: Side, key: string): Promise<number> {
  try {
    return (await readTagSet(side, key)).length;
  } catch (error) {
    if (isUnknownTagging(error) || isNotImplemented(error)) return 0;
    throw error;
  }
}

/** A server that does not know `?tagging` may answer with the object. */
export function isUnknownTagging(error: unknown): boolean {
  return error instanceof UnexpectedAnswerError || (isUnknownRequest(error) && !isNotImplemented(error));
}

/** Code of servers that report an object without tags as an error. */
function isWithoutTags(error: unknown): boolean {
  return error instanceof StoreError && /^NoSuchTagSet(Error)?$/.test(error.said?.code ?? '');
}
