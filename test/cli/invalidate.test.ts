import { past, useMirror } from '../support/mirror';
import { temporaryFolder } from '../support/temporary-folder';
import { DISTRIBUTION, useCloudFront } from '../support/use-cloudfront';
import { runCliHere } from './in-process';

const mirror = useMirror();
const cloudFront = useCloudFront();

/** A command about a page and an asset that have changed. */
async function bucketsync(command: string, ...options: string[]) {
  const { source, destination } = mirror.createPair();
  for (const key of ['site/index.html', 'site/app.css', 'site/new.js']) source.put(key, 'new', { lastModified: past });
  for (const key of ['site/index.html', 'site/app.css']) destination.put(key, '', { lastModified: past });
  const urls = [`s3://${source.name}/site`, `s3://${destination.name}/site`];
  const reports = ['--report-location', temporaryFolder()];
  const env = { AWS_ENDPOINT_URL_CLOUDFRONT: cloudFront.server.endpoint };
  const args = [command, ...urls, ...reports, '--invalidate', DISTRIBUTION, '--invalidate-origin-path', '/site'];
  return runCliHere(mirror.s3, [...args, ...options], '', env);
}

it('a run tells CloudFront what it has changed, and says so', async () => {
  const { exitCode, stdout } = await bucketsync('run');

  expect(exitCode).toBe(0);
  expect(cloudFront.told().flat()).toEqual(['/', '/app.css', '/index.html']);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    `3 paths were invalidated at the CloudFront distribution ${DISTRIBUTION} (${cloudFront.invalidations[0]?.id})`,
  );
});

it('each part of the field has an option', async () => {
  const { stdout } = await bucketsync(
    'run',
    ...[
      '--invalidate-max-paths',
      '2',
      '--invalidate-index-document',
      '',
      '--invalidate-viewer-prefix',
      '/docs',
      '--json',
    ],
    ...['--invalidate-tags', '#site', '--invalidate-tags', '#docs', '--invalidate-new-paths', '--invalidate-wait'],
    '--invalidate-bare-folders',
  );

  expect(JSON.parse(stdout)).toMatchObject({
    input: { invalidate: { maxPaths: 2, tags: ['#site', '#docs'], newPaths: true, bareFolders: true, wait: true } },
    invalidation: { distribution: DISTRIBUTION, paths: 3, completed: true },
  });
  expect(cloudFront.told().flat()).toEqual(['/docs*', '#site', '#docs']);
});

it('a plan says how many paths that would be, and tells nobody', async () => {
  const { stdout } = await bucketsync('plan');

  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    `At most 3 paths would be invalidated at the CloudFront distribution`,
  );
  expect(cloudFront.server.requests).toEqual([]);
});

it('a distribution that does not exist is a warning', async () => {
  const { exitCode, stdout, stderr } = await bucketsync('run', '--invalidate', 'ENOTTHERE');

  expect(exitCode).toBe(0);
  expect(`${stdout}${stderr}`.replaceAll(/\s+/g, ' ')).toContain(
    'Warning: CloudFront was not told what has changed, so ENOTTHERE may show former versions until they expire (NoSuchDistribution',
  );
});
