/** What to do if reports cannot be kept where they should be. */
export const ANOTHER_PLACE =
  'Name another folder, or s3://bucket, with --report-location (or BUCKETSYNC_REPORT_LOCATION)';
