import type { ObjectCannedACL, ServerSideEncryption } from '@aws-sdk/client-s3';
import type { Run } from '../../../statemachine/contract';

/** Members that CopyObject and CreateMultipartUpload share, the same for every object of a run. */
export interface WriteSettings {
  readonly ServerSideEncryption?: ServerSideEncryption;
  readonly SSEKMSKeyId?: string;
  readonly ACL?: ObjectCannedACL;
}

/**
 * Settings that are not set are left to the bucket: its default encryption and bucket key. An ACL requires its own permission,
 * so it is sent only if the bucket uses ACLs.
 */
export function writeSettings({
  input: { sse, sseKmsKeyId },
  settings,
}: Pick<Run, 'input' | 'settings'>): WriteSettings {
  return {
    ...(sse && { ServerSideEncryption: sse }),
    ...(sseKmsKeyId && { SSEKMSKeyId: sseKmsKeyId }),
    ...(settings.acls && { ACL: 'bucket-owner-full-control' as const }),
  };
}
