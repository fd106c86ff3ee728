import { callJson, type Signing } from './aws-call';

/** KMS keeps a key for a week at least. */
const PENDING_DAYS = 7;

interface KeyMetadata {
  readonly KeyId: string;
  readonly Description?: string;
  readonly KeyState?: string;
}

interface KeyPage {
  readonly Keys: readonly { readonly KeyId: string }[];
  readonly Truncated?: boolean;
  readonly NextMarker?: string;
}

/**
 * Schedules the deletion of the keys with this description. KMS chooses their ids, so only the description can be noted
 * before.
 */
export async function removeKey(signing: Signing, description: string): Promise<void> {
  let marker: string | undefined;
  do {
    const page = await callJson<KeyPage>(signing, 'kms', 'ListKeys', {
      Limit: 100,
      Marker: marker,
    });
    for (const { KeyId } of page.Keys) {
      const { KeyMetadata } = await callJson<{ KeyMetadata: KeyMetadata }>(signing, 'kms', 'DescribeKey', { KeyId });
      if (KeyMetadata.Description !== description || KeyMetadata.KeyState === 'PendingDeletion') continue;
      await callJson(signing, 'kms', 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays: PENDING_DAYS });
    }
    // some servers return null, or the same marker again
    marker = page.Truncated && page.NextMarker !== marker ? page.NextMarker : undefined;
  } while (marker !== undefined);
}
