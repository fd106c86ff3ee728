import {
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import type { ObjectPage } from '../../lambdas/engine/ports/bucket-reader';
import type { S3Source } from '../../lambdas/s3/buckets/s3-source';
import type { Lab } from '../lab';
import { outcome, outcomes } from '../outcome';
import { ODD_NAMES, oddKey } from './odd-keys';

/** One more than a page. */
const KEYS = 1001;

/** A source of 1,001 objects: each odd key, and plain ones in a folder. */
export function filled(lab: Lab): Promise<S3Source> {
  return lab.shared('filled', async () => {
    const { source } = await lab.pair();
    const put = (key: string) => outcome(lab.put('source', key, key));
    // If the server cannot store a key, another key takes its place. Stage B says which keys these are.
    const putOdd = async (name: string) => {
      const result = await put(oddKey(name));
      return result === 'ok' ? result : put(`many/in place of ${name}`);
    };
    await outcomes(ODD_NAMES, String, putOdd);
    const plain = Array.from({ length: KEYS - ODD_NAMES.length }, (_, index) => `many/${1000 + index}`);
    const result = await outcomes(plain, String, put);
    if (result !== 'all') throw new Error(`Could not fill the bucket: ${result}`);
    return source;
  });
}

/** Both pages, as the mirror reads them. */
export function pagesOf(lab: Lab): Promise<ObjectPage[]> {
  return lab.shared('pages', async () => {
    const source = await filled(lab);
    const first = await source.listPage({});
    const firstText = lab.lastAnswer?.body;
    const second = await source.listPage({ continuation: first.next });
    const text = `${firstText}${lab.lastAnswer?.body}`;
    await lab.shared('text of the pages', async () => text);
    return [first, second];
  });
}

/** As the SDK reads a page. */
export async function parsed(
  lab: Lab,
  more: Partial<ListObjectsV2CommandInput> = {},
): Promise<ListObjectsV2CommandOutput> {
  await filled(lab);
  const Bucket = await lab.bucket('source');
  return lab.send(new ListObjectsV2Command({ Bucket, EncodingType: 'url', ...more }));
}

export function decode(text: string | undefined): string {
  return decodeURIComponent((text ?? '').replaceAll('+', ' '));
}
