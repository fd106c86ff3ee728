import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type S3Server, startS3 } from '../../local/s3';
import { exitCodeOf, prove } from '../../prove/prove';
import { STAGES } from '../../prove/stages';
import { everyNth } from '../support/length';
import { startSts } from '../support/sts';
import { bucketsOf, idsOf, optionsFor, proveHere } from './proof';

describe('a proof against the embedded S3', () => {
  let s3: S3Server;
  beforeEach(async () => {
    s3 = await startS3();
    s3.createBucket('of-somebody-else').put('key', 'content');
  });
  afterEach(() => s3.close());

  it('finds every assumption about S3 as assumed', async () => {
    const options = optionsFor(s3, 'ABCDE');
    const proof = await proveHere(options);

    expect(proof.findings.filter(({ verdict }) => verdict === 'different')).toEqual([]);
    expect(idsOf(proof, 'as assumed').length).toBeGreaterThan(65);
    expect(exitCodeOf(proof)).toBe(0);
    expect(JSON.parse(readFileSync(options.resultFile, 'utf8')).findings).toEqual(proof.findings);
  });

  it('creates only buckets of its own name, and leaves none', async () => {
    const made = new Set<string>();
    s3.onRequest = ({ bucket }) => {
      made.add(bucket);
      return undefined;
    };
    const options = optionsFor(s3, 'AD');
    const { place } = await proveHere(options);

    expect([...made].filter((bucket) => bucket !== '' && !bucket.startsWith(`${place.name}-`))).toEqual([]);
    expect(place.name).toMatch(/^bucketsync-prove-[a-z0-9]{8}$/);
    expect(bucketsOf(s3)).toEqual(['of-somebody-else']);
    expect(readdirSync(options.journalFolder)).toEqual([]);
  });

  it('shows a difference with its requests and answers, and without what is secret', async () => {
    s3.onRequest = ({ operation, headers }) =>
      operation === 'CopyObject' && headers['x-amz-copy-source-if-match'] === `"${'0'.repeat(32)}"`
        ? { status: 409, code: 'OperationAborted' }
        : undefined;
    const proof = await proveHere(optionsFor(s3, 'ABD'));

    const [finding] = proof.findings.filter(({ id }) => id === 'D1');
    expect(finding).toMatchObject({ verdict: 'different', expected: '412 PreconditionFailed' });
    expect(finding?.observed).toContain('409');
    expect(finding?.exchanges?.at(-1)).toMatchObject({ method: 'PUT', answer: { status: 409 } });
    expect(JSON.stringify(proof)).not.toMatch(/authorization|AWS4-HMAC-SHA256/i);
    expect(exitCodeOf(proof)).toBe(1);
  });

  it('skips what needs something that failed, and names it', async () => {
    s3.onRequest = ({ operation }) => (operation === 'CopyObject' ? { status: 403, code: 'AccessDenied' } : undefined);
    const proof = await proveHere(optionsFor(s3, 'ABCDE'));

    const reasons = new Set(
      proof.findings
        .filter(({ stage, verdict }) => 'CDE'.includes(stage) && verdict === 'not run')
        .map(({ reason }) => reason),
    );
    expect(idsOf(proof, 'different')).toEqual(['B1']);
    expect([...reasons]).toEqual(['it needs B1']);
    expect(bucketsOf(s3)).toEqual(['of-somebody-else']);
  });

  it('stops at its ceiling, before the request that would exceed it, and still cleans up', async () => {
    const maxUsd = 0.002;
    const proof = await proveHere(optionsFor(s3, 'ABCDE', { maxUsd }));

    expect(proof.findings.at(-1)).toMatchObject({ verdict: 'not run', reason: 'the ceiling of $0.002 is reached' });
    expect(idsOf(proof, 'different')).toEqual([]);
    expect(exitCodeOf(proof)).toBe(2);
    expect(bucketsOf(s3)).toEqual(['of-somebody-else']);
  });

  it('stops when it is interrupted, and cleans up', async () => {
    const controller = new AbortController();
    s3.onRequest = ({ operation }) => {
      if (operation === 'CreateMultipartUpload') controller.abort();
      return undefined;
    };
    const proof = await proveHere(optionsFor(s3, 'ABCDE', { signal: controller.signal }));

    expect(proof.findings.at(-1)).toMatchObject({ verdict: 'not run', reason: 'interrupted' });
    expect(exitCodeOf(proof)).toBe(2);
    expect(bucketsOf(s3)).toEqual(['of-somebody-else']);
  });

  it.each(everyNth(3, ['HeadObject', 'ListObjectsV2', 'GetObjectTagging'], 1))(
    'stops when it is interrupted, although %s is never answered, and cleans up',
    async (meant) => {
      const controller = new AbortController();
      s3.onRequest = ({ operation }) => {
        if (operation !== meant || controller.signal.aborted) return undefined;
        setImmediate(() => controller.abort());
        return 'stall';
      };
      const proof = await proveHere(optionsFor(s3, 'ABCDE', { signal: controller.signal }));

      expect(proof.findings.at(-1)).toMatchObject({ verdict: 'not run', reason: 'interrupted' });
      expect(proof.leftovers).toEqual([]);
      expect(bucketsOf(s3)).toEqual(['of-somebody-else']);
    },
  );

  it('creates nothing if it is interrupted before the account is known', async () => {
    const sts = await startSts();
    const controller = new AbortController();
    sts.answer = () => void controller.abort();
    process.env.AWS_ENDPOINT_URL_STS = sts.endpoint;
    const allow = jest.fn();

    const proof = await prove(optionsFor(s3, 'A', { signal: controller.signal }), { allow, onFinding: () => {} });

    delete process.env.AWS_ENDPOINT_URL_STS;
    sts.close();
    expect(proof).toBeUndefined();
    expect(allow).not.toHaveBeenCalled();
    expect(s3.requests.total).toBe(0);
  });

  it('creates nothing if it is not allowed to begin', async () => {
    const options = optionsFor(s3, 'ABCDE');
    const proof = await prove(options, { allow: async () => false, onFinding: () => {} });

    expect(proof).toBeUndefined();
    expect(s3.requests.of('CreateBucket')).toBe(0);
    expect(existsSync(options.journalFolder)).toBe(false);
  });

  it('names the resources that it could not remove, and keeps the journal', async () => {
    s3.onRequest = ({ operation, bucket }) =>
      operation === 'DeleteBucket' && bucket.endsWith('-a-source') ? { status: 403, code: 'AccessDenied' } : undefined;
    const options = optionsFor(s3, 'A');
    const proof = await proveHere(options);

    expect(proof.leftovers).toMatchObject([{ resource: { kind: 'bucket', name: `${proof.place.name}-a-source` } }]);
    expect(exitCodeOf(proof)).toBe(2);
    expect(readdirSync(options.journalFolder)).toEqual([`${proof.place.name}.journal`]);
  });

  it('does not use a bucket that already exists', async () => {
    s3.onRequest = ({ operation, bucket }) => {
      if (operation === 'HeadBucket' && !s3.state.buckets.has(bucket)) s3.createBucket(bucket).put('precious', '');
      return undefined;
    };
    const options = optionsFor(s3, 'A');
    const proof = await proveHere(options);

    expect(idsOf(proof, 'different')).toContain('A1');
    expect(s3.bucket(`${proof.place.name}-a-source`).get('precious')).toBeDefined();
  });

  it('records fixtures of the stages that it ran', async () => {
    const folder = join(optionsFor(s3, '').journalFolder, 'fixtures');
    await proveHere(optionsFor(s3, 'AD', { recordFolder: folder }));

    expect(readdirSync(folder).sort()).toEqual(['A.json', 'D.json']);
  });
});

describe('the assumptions', () => {
  const all = STAGES.flatMap(({ id, assumptions }) => assumptions.map((assumption) => ({ stage: id, ...assumption })));

  it('have unique ids, numbered in their stage', () => {
    for (const stage of STAGES) {
      expect(stage.assumptions.map(({ id }) => id)).toEqual(
        stage.assumptions.map((_, index) => `${stage.id}${index + 1}`),
      );
    }
  });

  it('say which part of the product needs them', () => {
    expect(all.filter(({ says, source }) => says === '' || source === '')).toEqual([]);
  });
});
