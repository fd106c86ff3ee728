import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  CloudFrontClient,
  CreateDistributionCommand,
  GetInvalidationCommand,
  ListInvalidationsCommand,
} from '@aws-sdk/client-cloudfront';
import type { RunSummary } from '../../statemachine/contract';
import { connect } from '../support/s3-client';
import { temporaryFolder } from '../support/temporary-folder';
import { compareStates, fillBucket, listBucket, putObject, readBucket } from './buckets';
import { type Finished, runBucketsync, runCommand } from './command-line';
import { SERVER_KINDS, type Server, startServer } from './servers';
import { createSite } from './site';

interface Run extends Finished {
  readonly summary: RunSummary;
}

describe.each(SERVER_KINDS)('the command line against $name', (kind) => {
  const site = createSite('p/', kind.refusedKeys);
  const { expected } = site;
  const reports = temporaryFolder();
  let server: Server;

  beforeAll(async () => {
    server = await startServer(kind);
    const s3 = connect(server.endpoint);
    await fillBucket(s3, 'staging', 'p/', site.source);
    await fillBucket(s3, 'production', 'q/', site.destination);
    await putObject(s3, 'staging', '', { key: 'p-other/a', content: 'not below p/' });
    await putObject(s3, 'production', '', { key: 'q-other/a', content: 'not below q/' });
  });

  afterAll(async () => {
    await server?.stop();
  });

  async function bucketsync(command: 'plan' | 'run'): Promise<Run> {
    const urls = ['s3://staging/p', 's3://production/q', '--endpoint-url', server.endpoint];
    const options = ['--exclude', site.exclude, '--json', '--report-location', reports];
    const env = { ...server.env, AWS_ENDPOINT_URL: undefined };
    const finished = await runBucketsync([command, ...urls, ...options], env);
    if (finished.exitCode !== 0) {
      throw new Error(`Expected exit code 0, got:\n${JSON.stringify(finished, null, 2)}\n${readFailures(reports)}`);
    }
    return { ...finished, summary: JSON.parse(finished.stdout) };
  }

  it('has 3,000 objects to mirror, of every kind of key', () => {
    expect(expected.copied + expected.unchanged).toBe(3_000);
  });

  describe('planning', () => {
    let plan: Run;
    let [before, after] = [new Map<string, string>(), new Map<string, string>()];

    beforeAll(async () => {
      const s3 = connect(server.endpoint);
      before = await listBucket(s3, 'production');
      plan = await bucketsync('plan');
      after = await listBucket(s3, 'production');
    });

    it('predicts what a run does', () => {
      expect(plan.summary).toMatchObject({
        status: 'succeeded',
        totals: { copied: expected.copied, deleted: expected.deleted, failed: 0 },
      });
    });

    it('writes nothing', () => {
      expect(plan.summary.totals.requests).toMatchObject({ copy: 0, delete: 0 });
      expect(after).toEqual(before);
    });
  });

  describe('the first run', () => {
    let first: Run;

    beforeAll(async () => {
      first = await bucketsync('run');
    });

    it('prints the summary and nothing else', () => {
      expect(first.stderr).toBe('');
      expect(first.summary.status).toBe('succeeded');
    });

    it('decides first, and then does what it has decided', () => {
      expect(first.summary.phases.map(({ name }) => name)).toEqual(['plan', 'sync']);
    });

    it('copies what is missing or changed', () => {
      expect(first.summary.phases.map(({ copy }) => copy)).toMatchObject([
        {
          listed: expected.copied + expected.unchanged + expected.skippedCopies,
          copied: expected.copied,
          unchanged: expected.unchanged,
          skipped: expected.skippedCopies,
          deleted: 0,
          failed: 0,
        },
        { listed: expected.copied, copied: expected.copied, unchanged: 0, skipped: 0, deleted: 0, failed: 0 },
      ]);
    });

    it('deletes orphans', () => {
      expect(first.summary.phases.map((phase) => phase.delete)).toMatchObject([
        {
          listed: site.destination.length,
          deleted: expected.deleted,
          unchanged: site.destination.length - expected.deleted - expected.skippedDeletes,
          skipped: expected.skippedDeletes,
          copied: 0,
          failed: 0,
        },
        { listed: expected.deleted, deleted: expected.deleted, unchanged: 0, skipped: 0, copied: 0, failed: 0 },
      ]);
    });

    it('decides every listed object once in each phase, in both loops', () => {
      expect(first.summary.phases.flatMap(unaccounted)).toEqual([0, 0, 0, 0]);
    });

    it('makes the destination equal to the source: content, headers, metadata, tags and storage class', async () => {
      const s3 = connect(server.endpoint);
      const source = await readBucket(s3, 'staging', 'p/');
      const destination = await readBucket(s3, 'production', 'q/');
      const mirrored = [...source.keys()].filter((key) => !key.startsWith('keep/'));

      expect(mirrored).toHaveLength(3_000);
      expect(compareStates(mirrored, source, destination)).toEqual([]);
    });

    it('leaves alone what is excluded or outside of the folder', async () => {
      const left = (await listBucket(connect(server.endpoint), 'production')).keys();

      expect([...left].filter((key) => !key.startsWith('q/') || key.startsWith('q/keep/')).sort()).toEqual([
        'q-other/a',
        'q/keep/a',
        'q/keep/b/c',
        'q/keep/only-here',
      ]);
    });
  });

  describe('the second run', () => {
    let second: Run;

    beforeAll(async () => {
      second = await bucketsync('run');
    });

    it('copies nothing and deletes nothing', () => {
      expect(second.summary.totals).toMatchObject({ copied: 0, deleted: 0, failed: 0 });
      expect(second.summary.totals.requests).toMatchObject({ copy: 0, delete: 0 });
    });

    it('finds everything unchanged on both sides, and ends with its plan', () => {
      expect(second.summary.phases).toMatchObject([
        {
          name: 'plan',
          copy: { listed: 3_000 + expected.skippedCopies, unchanged: 3_000, skipped: expected.skippedCopies },
          delete: { listed: 3_000 + expected.skippedDeletes, unchanged: 3_000, skipped: expected.skippedDeletes },
        },
      ]);
    });
  });

  if (kind.name !== 'moto') return;

  it('tells CloudFront what has changed', async () => {
    const s3 = connect(server.endpoint);
    for (const [bucket, prefix, content] of [
      ['staging', 'web/', 'new'],
      ['production', 'cdn/', 'former'],
    ] as const) {
      for (const key of ['index.html', "it's ~ é.css", 'docs/é.html'])
        await putObject(s3, bucket, prefix, { key, content });
    }
    await putObject(s3, 'production', 'cdn/', { key: 'gone.js', content: 'x' });
    const distribution = await createDistribution(server);
    const urls = ['s3://staging/web', 's3://production/cdn', '--endpoint-url', server.endpoint];
    const options = [
      '--mode',
      'publish',
      '--invalidate',
      distribution,
      '--invalidate-origin-path',
      '/cdn',
      '--json',
      '--report-location',
      reports,
    ];
    const env = { ...server.env, AWS_ENDPOINT_URL: undefined, AWS_ENDPOINT_URL_CLOUDFRONT: server.endpoint };

    const { stdout, stderr } = await runCommand(
      'npm',
      ['run', '-s', 'bucketsync', '--', 'run', ...urls, ...options],
      env,
    );

    const summary: RunSummary = JSON.parse(stdout);
    expect({ stderr, warnings: summary.warnings, status: summary.status }).toEqual({ stderr: '', status: 'succeeded' });
    expect(summary.invalidation?.paths).toBe(5);
    const told = await readInvalidations(server, distribution);
    expect(told).toEqual([
      { reference: `bucketsync-${summary.runId}-1`, paths: ['/', '/docs/%C3%A9.html', '/index.html', '/it*'] },
      { reference: `bucketsync-${summary.runId}-2`, paths: ['/gone.js'] },
    ]);
  });
});

function cloudFrontOf({ endpoint }: Server): CloudFrontClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new CloudFrontClient({ region: 'us-east-1', endpoint, credentials });
}

/** @returns its id */
async function createDistribution(server: Server): Promise<string> {
  const { Distribution } = await cloudFrontOf(server).send(
    new CreateDistributionCommand({
      DistributionConfig: {
        CallerReference: 'site',
        Comment: '',
        Enabled: true,
        Origins: { Quantity: 1, Items: [{ Id: 's3', DomainName: 'production.s3.amazonaws.com', OriginPath: '/cdn' }] },
        DefaultCacheBehavior: { TargetOriginId: 's3', ViewerProtocolPolicy: 'redirect-to-https' },
      },
    }),
  );
  return Distribution?.Id ?? '';
}

async function readInvalidations(server: Server, DistributionId: string) {
  const cloudFront = cloudFrontOf(server);
  const { InvalidationList } = await cloudFront.send(new ListInvalidationsCommand({ DistributionId }));
  const found = await Promise.all(
    (InvalidationList?.Items ?? []).map(({ Id }) =>
      cloudFront.send(new GetInvalidationCommand({ DistributionId, Id })),
    ),
  );
  return found
    .map(({ Invalidation }) => ({
      reference: Invalidation?.InvalidationBatch?.CallerReference ?? '',
      paths: Invalidation?.InvalidationBatch?.Paths?.Items,
    }))
    .sort((a, b) => (a.reference < b.reference ? -1 : 1));
}

/** What the reports below `folder` say about objects that failed. */
function readFailures(folder: string): string {
  const parts = globSync('**/failures/*.jsonl.gz', { cwd: folder });
  return parts.map((part) => gunzipSync(readFileSync(join(folder, part))).toString('utf8')).join('');
}

/** Listed objects of each loop that no outcome accounts for. */
function unaccounted({ copy, delete: deletes }: RunSummary['phases'][number]): number[] {
  return [
    copy.listed - copy.copied - copy.unchanged - copy.skipped - copy.failed,
    deletes.listed - deletes.deleted - deletes.unchanged - deletes.skipped - deletes.failed,
  ];
}
