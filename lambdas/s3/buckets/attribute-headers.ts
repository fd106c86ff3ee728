import type { ObjectAttributes } from '../../engine/ports/bucket-reader';

/** Members of a request that gives an object its headers and metadata. */
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

/** The SDK would make a date of it; S3 keeps the header's text, whatever it is. */
export function expiresHeader(attributes: ObjectAttributes | undefined): Record<string, string> | undefined {
  return attributes?.expires === undefined ? undefined : { expires: attributes.expires };
}
