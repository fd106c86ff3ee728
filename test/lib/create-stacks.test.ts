import { type App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { createStacks } from '../../lib/create-stacks';
import { parseMirrorSettings } from '../../lib/mirror-settings';
import { createApp } from './synthesize';

function create(mirrors: readonly object[], shareReports = true): App {
  const app = createApp();
  createStacks(app, { demo: false, shareReports, mirrors: mirrors.map(parseMirrorSettings) });
  return app;
}

const mirror = (name: string, more = {}) => ({
  name,
  source: `${name.toLowerCase()}-from`,
  destination: `${name.toLowerCase()}-to`,
  ...more,
});
const stackNames = (app: App) => app.node.children.filter((child) => child instanceof Stack).map(({ node }) => node.id);
const stackOf = (app: App, name: string) => app.node.findChild(name) as Stack;

describe('the mirrors of a config file', () => {
  it('share one report bucket, which lies in none of their stacks', () => {
    const app = create([mirror('Site'), mirror('Backup')]);
    const templates = ['Site', 'Backup'].map((name) => Template.fromStack(stackOf(app, name)));

    expect(stackNames(app)).toEqual(['BucketSyncReports', 'Site', 'Backup']);
    Template.fromStack(stackOf(app, 'BucketSyncReports')).resourceCountIs('AWS::S3::Bucket', 1);
    const places = templates.map((template) => {
      template.resourceCountIs('AWS::S3::Bucket', 0);
      return JSON.stringify(template.findOutputs('ReportBucketName'));
    });
    expect(places[0]).toContain('Fn::ImportValue');
    expect(places[0]).toBe(places[1]);
  });

  it('need the stack of the report bucket and not each other, so that one can be destroyed alone', () => {
    const app = create([mirror('Site'), mirror('Backup')]);
    app.synth();

    for (const name of ['Site', 'Backup']) {
      expect(stackOf(app, name).dependencies.map(({ node }) => node.id)).toEqual(['BucketSyncReports']);
    }
  });

  it('leave exports in place that a deployed stack imports, once they use the bucket no more', () => {
    const exportsOf = (mirrors: object[]) => {
      const app = create(mirrors);
      app.synth();
      return Object.keys(Template.fromStack(stackOf(app, 'BucketSyncReports')).toJSON().Outputs).sort();
    };

    expect(exportsOf([mirror('Site'), mirror('Backup', { reportBucket: 'my-reports' })])).toEqual(
      exportsOf([mirror('Site'), mirror('Backup')]),
    );
  });

  it('have one for each account and region, as stacks can share', () => {
    const region = 'eu-central-1';
    const app = create(
      [
        mirror('A'),
        mirror('B', { region }),
        mirror('C', { region }),
        mirror('D', { region, account: '111111111111' }),
      ].map((settings) => ({ ...settings, source: `${settings.source}-x`, destination: `${settings.destination}-x` })),
    );

    expect(stackNames(app).filter((name) => name.startsWith('BucketSyncReports'))).toEqual([
      'BucketSyncReports',
      'BucketSyncReports-eu-central-1',
      'BucketSyncReports-111111111111-eu-central-1',
    ]);
    expect(() => app.synth()).not.toThrow();
  });

  it('use another one that they name, and then create none', () => {
    const app = create([mirror('Site', { reportBucket: 'my-reports' })]);

    expect(stackNames(app)).toEqual(['Site']);
    expect(JSON.stringify(Template.fromStack(stackOf(app, 'Site')).findOutputs('ReportBucketName'))).toContain(
      'my-reports',
    );
  });

  it.each([
    [[{}, {}], 90],
    [[{ reportDays: 7 }, { reportDays: 30 }], 30],
    [[{ reportDays: 7 }, {}], 90],
    [[{ reportDays: 365 }, {}], 365],
  ])('keep reports as long as the one of %j that keeps them longest', ([one, other], days) => {
    const app = create([mirror('Site', one), mirror('Backup', other)]);

    const template = Template.fromStack(stackOf(app, 'BucketSyncReports'));

    expect(JSON.stringify(template.findResources('AWS::S3::Bucket'))).toContain(`"ExpirationInDays":${days}`);
  });

  it('have other names than the stack of the report bucket', () => {
    expect(() => create([mirror('BucketSyncReports')])).toThrow('Expected `name` to differ from the name of the stack');
  });

  it.each([
    [
      [
        { source: 'aaa', destination: 'ccc' },
        { source: 'bbb', destination: 'ccc', destinationPrefix: 'site' },
      ],
      'different sources',
    ],
    [
      [
        { source: 'aaa', destination: 'bbb' },
        { source: 'bbb', destination: 'aaa' },
      ],
      'got a cycle',
    ],
    [
      [
        { source: 'aaa', destination: 'bbb', schedule: 'rate(1 hour)', prefix: 'site' },
        { source: 'aaa', destination: 'bbb', schedule: 'cron(0 2 * * ? *)' },
      ],
      'to start at different times',
    ],
    [
      [
        { source: 'aaa', destination: 'bbb', reportBucket: 'ddd' },
        { source: 'ddd', destination: 'ccc' },
      ],
      'reports and locks',
    ],
  ])('do not get into each other’s way: %j', (mirrors, message) => {
    const creating = () => create(mirrors.map((settings, index) => ({ ...settings, name: `Mirror${index}` })));

    expect(creating).toThrow(message);
    expect(creating).toThrow('`Mirror0/BucketSync`');
    expect(creating).toThrow('Mirror1/BucketSync`');
  });
});

it('keeps the report bucket of a single mirror in its own stack', () => {
  const app = create([mirror('Site')], false);

  expect(stackNames(app)).toEqual(['Site']);
  Template.fromStack(stackOf(app, 'Site')).resourceCountIs('AWS::S3::Bucket', 1);
});
