import { endpointOf } from '../../prove/aws-call';

it.each([
  ['sts', 'eu-west-1', 'https://sts.eu-west-1.amazonaws.com'],
  ['iam', 'eu-west-1', 'https://iam.amazonaws.com'],
  ['kms', 'cn-northwest-1', 'https://kms.cn-northwest-1.amazonaws.com.cn'],
  ['iam', 'cn-northwest-1', 'https://iam.cn-north-1.amazonaws.com.cn'],
  ['iam', 'us-gov-east-1', 'https://iam.us-gov.amazonaws.com'],
  ['sqs', 'eusc-de-east-1', 'https://sqs.eusc-de-east-1.amazonaws.eu'],
  ['iam', 'eusc-de-east-1', 'https://iam.eusc-de-east-1.amazonaws.eu'],
  ['iam', 'us-iso-west-1', 'https://iam.us-iso-east-1.c2s.ic.gov'],
] as const)('%s of %s is at %s', (service, region, endpoint) => {
  expect(endpointOf(service, region, undefined)).toBe(endpoint);
});

it('a service is at the address that a variable of the AWS tools names, before anything else', () => {
  process.env.AWS_ENDPOINT_URL_SERVICE_QUOTAS = 'http://127.0.0.1:1';

  expect(endpointOf('servicequotas', 'eu-west-1', 'http://127.0.0.1:2')).toBe('http://127.0.0.1:1');
  expect(endpointOf('kms', 'eu-west-1', 'http://127.0.0.1:2')).toBe('http://127.0.0.1:2');
  delete process.env.AWS_ENDPOINT_URL_SERVICE_QUOTAS;
});
