/** Whether an endpoint is one of AWS, such as that of a VPC, and not of another S3. */
export function isAwsEndpoint(url: string): boolean {
  return URL.canParse(url) && /\.(amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/.test(new URL(url).hostname);
}
