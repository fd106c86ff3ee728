import { formatS3Url } from '../../../wording/s3-url';
import type { DistributionFacts, DistributionSettings } from '../distribution-facts';
import { failure, judge, ok, type Verdict, warning } from '../finding';

type Check = (facts: DistributionFacts, settings: DistributionSettings) => Verdict;

export function checkExistence(facts: DistributionFacts): Verdict {
  return judge(facts.settings, (settings) => {
    if (settings) return ok(settings.config.Comment ? `exists (${settings.config.Comment})` : 'exists');
    return failure(
      'there is no such distribution in the account of these credentials, so runs invalidate nothing: correct `invalidate`',
      [
        ...['aws', 'cloudfront', 'list-distributions'],
        ...['--query', 'DistributionList.Items[].[Id,DomainName,Comment]', '--output', 'text', ...facts.awsOptions],
      ],
    );
  });
}

function checkEnabled({ id, awsOptions }: DistributionFacts, { config, eTag }: DistributionSettings): Verdict {
  if (config.Enabled) return ok('is enabled');
  return warning('is disabled, so nobody gets a page from it', [
    ...['aws', 'cloudfront', 'update-distribution', '--id', id, '--if-match', eTag],
    ...['--distribution-config', JSON.stringify({ ...config, Enabled: true }), ...awsOptions],
  ]);
}

/** Paths are invalidated by their place in the destination, so some origin has to be that place. */
function checkOrigin(facts: DistributionFacts, { config }: DistributionSettings): Verdict {
  const { bucket, originPath } = facts;
  const show = showOrigins(facts);
  const origins = (config.Origins?.Items ?? []).map(({ DomainName = '', OriginPath = '' }) => ({
    domain: DomainName,
    path: OriginPath,
  }));
  const own = origins.filter(({ domain }) => isOf(bucket, domain));
  const place = formatS3Url(bucket);
  if (own.length === 0) {
    const domains = origins.map(({ domain }) => domain).join(', ');
    const says = `none of its origins is ${place}, but ${domains}`;
    return origins.some(({ domain }) => !IS_BUCKET.test(domain))
      ? warning(`${says}: make sure that one of them serves it`, show)
      : failure(`${says}: runs invalidate the paths of another site. Correct \`invalidate\``, show);
  }
  if (own.some(({ path }) => path === originPath)) return ok(`serves ${place}${originPath}`);
  const paths = own.map(({ path }) => JSON.stringify(path)).join(', ');
  return failure(
    `its origin path is ${paths}, and \`originPath\` is ${JSON.stringify(originPath)}, so runs invalidate paths that nobody requests: make ` +
      'both equal',
    show,
  );
}

function checkFolder(facts: DistributionFacts): Verdict {
  const { bucket, prefix, originPath } = facts;
  const served = originPath === '' ? '' : `${originPath.slice(1)}/`;
  const [own, theirs] = [prefix, served].map((folder) => formatS3Url(bucket, folder || undefined));
  if (prefix.startsWith(served) || served.startsWith(prefix)) return ok(`serves what runs write to ${own}`);
  return failure(
    `serves ${theirs}, and runs write to ${own}, so they invalidate nothing: correct \`originPath\``,
    showOrigins(facts),
  );
}

/** Which distribution and which origin path are right is for people to say. */
function showOrigins({ id, awsOptions }: DistributionFacts): string[] {
  return [
    ...['aws', 'cloudfront', 'get-distribution-config', '--id', id],
    ...['--query', 'DistributionConfig.Origins.Items[].[DomainName,OriginPath]', '--output', 'text', ...awsOptions],
  ];
}

/** The doctor invalidates nothing, so only a run can tell whether its role may. */
export function checkLastTold({ id, lastTold, awsOptions }: DistributionFacts): Verdict | undefined {
  return (
    lastTold &&
    judge(lastTold, (told) => {
      if (told === true) return ok('CloudFront has accepted the newest invalidation');
      if (told === undefined) return ok('no run has invalidated anything yet');
      return warning(`${told}. Correct that, then invalidate everything once`, [
        ...['aws', 'cloudfront', 'create-invalidation', '--distribution-id', id, '--paths', '/*', ...awsOptions],
      ]);
    })
  );
}

/** In the order of the lines. */
export const DISTRIBUTION_CHECKS: Readonly<Record<string, Check>> = {
  enabled: checkEnabled,
  origin: checkOrigin,
  folder: checkFolder,
};

const IS_BUCKET = /(^|\.)s3([.-][\w.-]+)?\.amazonaws\.com(\.cn)?$/;

/** Whether a domain is that of the bucket: of its REST interface, or of its website. */
function isOf(bucket: string, domain: string): boolean {
  return domain.startsWith(`${bucket}.s3`) && IS_BUCKET.test(domain.slice(bucket.length));
}
