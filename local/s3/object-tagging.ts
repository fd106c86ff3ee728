import { type Answer, answerOf, type Call, versionHeader } from './call';
import { verifyBody } from './checksums';
import type { ObjectVersion } from './object-version';
import { NO_TAGS, readTagsXml, tagsXml } from './tags';

function target(call: Call): ObjectVersion {
  return call.bucket.find(call.key, call.query.get('versionId') ?? undefined);
}

export function getObjectTagging(call: Call): Answer {
  const { tags, versionId } = target(call);
  return answerOf('GetObjectTagging', tags, () => tagsXml(tags), versionHeader(call.bucket, versionId));
}

export async function putObjectTagging(call: Call): Promise<Answer> {
  const { bytes, body, headers } = await call.readBody();
  await verifyBody(headers, body);
  const tags = readTagsXml(bytes);
  const version = target(call);
  version.tags = tags;
  return { status: 200, headers: versionHeader(call.bucket, version.versionId) };
}

export function deleteObjectTagging(call: Call): Answer {
  const version = target(call);
  version.tags = NO_TAGS;
  return { status: 204, headers: versionHeader(call.bucket, version.versionId) };
}
