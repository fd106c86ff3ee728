import { regionOfArn } from '../../statemachine/partition';

it.each([
  ['arn:aws:states:eu-west-1:111111111111:execution:Mirror:nightly', 'eu-west-1'],
  ['arn:aws-us-gov:kms:us-gov-west-1:111111111111:key/0a', 'us-gov-west-1'],
  ['arn:aws:iam::111111111111:role/mirror', undefined],
  ['arn:aws:s3:::my-production', undefined],
  ['alias/mirror', undefined],
])('the Region in %s is %s', (arn, region) => {
  expect(regionOfArn(arn)).toBe(region);
});
