import { readdirSync } from 'node:fs';
import { type S3Server, startS3 } from '../../local/s3';
import { cleanAll, exitCodeOf } from '../../prove/prove';
import { FakeIam } from './fake-iam';
import { bucketsOf, idsOf, optionsFor, proveHere } from './proof';

describe('a proof with --iam', () => {
  let s3: S3Server;
  let iam: FakeIam;
  beforeEach(async () => {
    s3 = await startS3();
    iam = await FakeIam.start(s3);
    process.env.AWS_ENDPOINT_URL_IAM = iam.endpoint;
    process.env.AWS_ENDPOINT_URL_STS = iam.endpoint;
  });
  afterEach(async () => {
    delete process.env.AWS_ENDPOINT_URL_IAM;
    delete process.env.AWS_ENDPOINT_URL_STS;
    iam.stop();
    await s3.close();
  });

  it('finds each missing right as assumed, and leaves no role', async () => {
    const proof = await proveHere(optionsFor(s3, 'ABF', { iam: true }));

    expect(proof.findings.filter(({ verdict }) => verdict === 'different')).toEqual([]);
    expect(idsOf(proof, 'as assumed').filter((id) => id.startsWith('F')).length).toBe(13);
    expect(exitCodeOf(proof)).toBe(0);
    expect([...iam.roles.keys()]).toEqual([]);
    expect(bucketsOf(s3)).toEqual([]);
  });

  it('removes a role that the killed process did not remove', async () => {
    const options = optionsFor(s3, 'F', { iam: true });
    let refuses = true;
    s3.onRequest = ({ operation }) => {
      if (operation === 'DeleteBucket' && refuses) return { status: 403, code: 'AccessDenied' };
      return undefined;
    };
    const left = await proveHere(options);
    expect(left.leftovers.length).toBeGreaterThan(0);
    refuses = false;
    const [cleaned] = await cleanAll(options);

    expect(cleaned?.leftovers).toEqual([]);
    expect([...iam.roles.keys()]).toEqual([]);
    expect(readdirSync(options.journalFolder)).toEqual([]);
  });

  it('is not cleaned up with the credentials of another account', async () => {
    const options = optionsFor(s3, 'A');
    s3.onRequest = ({ operation }) =>
      operation === 'DeleteBucket' ? { status: 403, code: 'AccessDenied' } : undefined;
    await proveHere(options);
    delete process.env.AWS_ENDPOINT_URL_STS;
    s3.onRequest = undefined;
    const [cleaned] = await cleanAll(options);

    expect(cleaned?.skipped).toBe('it worked in account 123456789012, and this is unknown');
    expect(bucketsOf(s3).length).toBe(1);
  });
});
