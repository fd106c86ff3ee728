import type { ObjectAttributes } from '../../engine/ports/bucket-reader';

/** Members of a request that set an object's headers and metadata. */
export function headersOf(attributes: ObjectAttributes) {
  return {
    ContentType: attributes.contentType,
    CacheControl: attributes.cacheControl,
    ContentDisposition: attributes.contentDisposition,
    ContentEncoding: attributes.contentEncoding,
    ContentLanguage: attributes.contentLanguage,
    WebsiteRedirectLocation: attributes.websiteRedirect,
    Metadata: { ...attributes.metadata },
  };
}

/** The SDK would turn it into a date, but S3 keeps any text. */
export function expiresHeader(attributes: ObjectAttributes | undefined): Record<string, string> | undefined {
  return attributes?.expires === undefined ? undefined : { expires: attributes.expires };
}
