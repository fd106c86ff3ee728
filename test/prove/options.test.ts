import { type S3Server, startS3 } from '../../local/s3';
import { exitCodeOf } from '../../prove/prove';
import { FakeServices } from './fake-services';
import { bucketsOf, idsOf, optionsFor, proveHere } from './proof';

describe('a proof with services besides S3', () => {
  let s3: S3Server;
  let services: FakeServices;
  beforeEach(async () => {
    s3 = await startS3();
    services = await FakeServices.start();
    services.guard(s3);
  });
  afterEach(async () => {
    services.stop();
    await s3.close();
  });

  it('measures the quotas of Lambda and Step Functions, over all pages', async () => {
    const proof = await proveHere(optionsFor(s3, 'A'));

    const observed = Object.fromEntries(proof.findings.map(({ id, observed }) => [id, observed]));
    expect(observed.A6).toBe('10 at once');
    expect(observed.A7).toBe('StateTransition throttle token refill rate per second: 800');
  });

  it('says why a quota is not known, and goes on', async () => {
    process.env.AWS_ENDPOINT_URL_SERVICE_QUOTAS = s3.endpoint;
    const proof = await proveHere(optionsFor(s3, 'A'));

    const [finding] = proof.findings.filter(({ id }) => id === 'A7');
    expect(finding).toMatchObject({ verdict: 'measured', observed: expect.stringContaining('AwsCallError') });
    expect(exitCodeOf(proof)).toBe(0);
  });

  it('finds copies across Regions and under a key as assumed, and has the key deleted', async () => {
    const proof = await proveHere(optionsFor(s3, 'ABH', { secondRegion: 'eu-west-1', kms: true }));

    expect(proof.findings.filter(({ verdict }) => verdict === 'different')).toEqual([]);
    expect(idsOf(proof, 'as assumed').filter((id) => id.startsWith('H'))).toEqual(['H1', 'H2', 'H4', 'H5']);
    expect(exitCodeOf(proof)).toBe(0);
    expect(services.keys.map(({ KeyState }) => KeyState)).toEqual(['PendingDeletion']);
    expect(bucketsOf(s3)).toEqual([]);
  });

  it('counts what KMS costs by the hours of the key and by its requests', async () => {
    const { spent } = await proveHere(optionsFor(s3, 'ABH', { kms: true }));

    expect(spent.other.KMS).toBeGreaterThan(0.001);
    expect(spent.other.KMS).toBeLessThan(0.01);
  });
});
