import type { ObjectFacts } from './facts';

export type Strategy = 'auto' | 'size' | 'etag' | 'size-and-time' | 'metadata' | 'checksum' | 'always';

/** Whether a run with this strategy copies an object of the source over the one that the destination has under its key. */
export function isCopied(strategy: Strategy, source: ObjectFacts, destination: ObjectFacts): boolean {
  if (strategy === 'always') return true;
  if (source.sizeBytes !== destination.sizeBytes) return true;
  switch (strategy) {
    case 'size':
      return false;
    case 'etag':
      return source.eTag !== destination.eTag;
    case 'size-and-time':
      return source.second > destination.second;
    case 'checksum':
      return source.headers !== destination.headers || contentDiffers(source, destination);
    case 'metadata':
      return source.headers !== destination.headers || contentMayDiffer(source, destination);
    default:
      return auto(source, destination);
  }
}

function auto(source: ObjectFacts, destination: ObjectFacts): boolean {
  if (source.eTag !== destination.eTag)
    return destination.second <= source.second || contentMayDiffer(source, destination);
  return destination.second <= source.second && source.headers !== destination.headers;
}

function contentMayDiffer(source: ObjectFacts, destination: ObjectFacts): boolean {
  if (source.eTag === destination.eTag) return false;
  return isComparable(source, destination) || destination.second <= source.second;
}

function contentDiffers(source: ObjectFacts, destination: ObjectFacts): boolean {
  if (source.checksum === undefined || destination.checksum === undefined) return contentMayDiffer(source, destination);
  return source.checksum !== destination.checksum;
}

/** Of as many parts, and without a key: then different ETags are different contents, or other parts of the same content. */
function isComparable(source: ObjectFacts, destination: ObjectFacts): boolean {
  return source.parts === destination.parts && !source.encrypted && !destination.encrypted;
}
