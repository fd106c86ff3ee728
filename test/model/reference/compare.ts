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
      return (
        source.headers !== destination.headers || (source.eTag !== destination.eTag && isUnproven(source, destination))
      );
    default:
      return auto(source, destination);
  }
}

function auto(source: ObjectFacts, destination: ObjectFacts): boolean {
  const headersDiffer = source.headers !== destination.headers;
  if (source.eTag === destination.eTag) return destination.second <= source.second && headersDiffer;
  if (source.second > destination.second) return true;
  if (isCopyOf(destination, source)) return destination.second === source.second && headersDiffer;
  return headersDiffer || isUnproven(source, destination);
}

function contentDiffers(source: ObjectFacts, destination: ObjectFacts): boolean {
  if (source.checksum === undefined || destination.checksum === undefined)
    return source.eTag !== destination.eTag && isUnproven(source, destination);
  return source.checksum !== destination.checksum;
}

/** Nothing says that the content is one: neither a checksum nor a copy of this run. A date says nothing. */
function isUnproven(source: ObjectFacts, destination: ObjectFacts): boolean {
  if (isCopyOf(destination, source)) return false;
  return source.checksum === undefined || source.checksum !== destination.checksum;
}

function isCopyOf(destination: ObjectFacts, source: ObjectFacts): boolean {
  return destination.copyOf === source.eTag;
}
