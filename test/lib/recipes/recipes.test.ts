import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { createApp, deployedMirrors, listResources } from '../synthesize';
import { RECIPE_STACKS } from './recipe-stacks';

const ROOT = join(__dirname, '../../..');
const PAGES = globSync('docs/recipes/*.md', { cwd: ROOT })
  .sort()
  .map((file) => [basename(file, '.md'), readFileSync(join(ROOT, file), 'utf8')] as const);
const CODE = linesOf(readFileSync(join(__dirname, 'recipe-stacks.ts'), 'utf8'));

interface AlarmProperties {
  readonly AlarmDescription: unknown;
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly EvaluationWindow?: object;
}

/** Without their indentation, which is another on a page. */
function linesOf(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}

function synthesize(page: string): Template {
  const Recipe = RECIPE_STACKS[page];
  if (!Recipe) throw new Error(`There is no stack for ${page}`);
  return Template.fromStack(new Recipe(createApp(), 'Recipe'));
}

const silenceOf = (template: Template) =>
  listResources<AlarmProperties>(template, 'AWS::CloudWatch::Alarm').find(([id]) => /NoSuccess/.test(id))?.[1];

it('shows only code of an app that is synthesized here', () => {
  const blocks = PAGES.flatMap(([page, text]) =>
    [...text.matchAll(/^```ts\n(.*?)\n```/gms)].map(([, code = '']) => [page, code] as const),
  );

  expect(blocks.map(([page]) => page).sort()).toEqual(Object.keys(RECIPE_STACKS).sort());
  expect(blocks.filter(([, code]) => !CODE.includes(linesOf(code)))).toEqual([]);
});

it.each(PAGES.filter(([page]) => Object.hasOwn(RECIPE_STACKS, page)))(
  'deploys with %s an alarm on silence, on the command line and in an app',
  (page, text) => {
    const deploy = /^npx cdk deploy ((?:.*\\\n)*.*)$/m.exec(text)?.[1] ?? '';

    expect(deploy).toContain('-c alarmEmail=');
    expect(silenceOf(synthesize(page))).toBeDefined();
  },
);

it('backs up what another account owns, goes back in time, verifies, and goes off if no backup has succeeded by six', () => {
  const template = synthesize('off-site-backup');

  expect(deployedMirrors(template)).toEqual([
    expect.objectContaining({ source: 'their-data', sourceOwner: '111111111111', verify: true, maxDeletes: '5%' }),
  ]);
  template.hasResourceProperties('AWS::S3::Bucket', { VersioningConfiguration: { Status: 'Enabled' } });
  expect(silenceOf(template)).toMatchObject({ Period: 86_400, EvaluationPeriods: 1 });
  expect(JSON.stringify(silenceOf(template)?.AlarmDescription)).toContain(
    'in the 24 hours before 06:00 (Europe/Berlin)',
  );
});

it('deletes nothing in the copy of a lake, and goes off after three hours', () => {
  const template = synthesize('data-lake-prefix');

  expect(deployedMirrors(template)).toEqual([expect.objectContaining({ prefix: 'events/2026/', delete: false })]);
  expect(silenceOf(template)).toMatchObject({ Period: 3600, EvaluationPeriods: 3 });
});

it('publishes a folder of staging to the whole production bucket, in an order that can be taken back', () => {
  const template = synthesize('publish-a-site');

  expect(deployedMirrors(template)).toEqual([
    expect.objectContaining({ mode: 'publish', prefix: 'site/', destinationPrefix: '', deleteAfter: '7d' }),
  ]);
  expect(JSON.stringify(template)).toContain('s3:GetObjectVersion');
});
