import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BucketSyncStack } from '../../lib/bucket-sync-stack';
import { parseMirrorSettings } from '../../lib/mirror-settings';
import { ENVIRONMENT } from '../../statemachine/contract';

/** What `cdk` itself hands on from cdk.json, without bundling: the functions' code is a stand-in. */
const CONTEXT = {
  ...JSON.parse(readFileSync(join(__dirname, '../../cdk.json'), 'utf8')).context,
  'aws:cdk:bundling-stacks': [],
};

export function createApp(): App {
  return new App({ context: CONTEXT });
}

const EXAMPLE = { source: 'example-staging', destination: 'example-production' };

/** The template that `npm run synth` makes, or that of other settings. */
export function synthesize(settings: object = EXAMPLE): Template {
  const mirror = parseMirrorSettings(settings);
  return Template.fromStack(new BucketSyncStack(createApp(), 'BucketSync', { mirror }));
}

/** What ValidateInput is told of each mirror, with tokens as `<Name>`. */
export function deployedMirrors(template: Template): Record<string, unknown>[] {
  const found = Object.values(template.findResources('AWS::Lambda::Function')).map(
    ({ Properties }) => Properties.Environment?.Variables[ENVIRONMENT.mirrors],
  );
  // if it tells others of runs, FinishRun knows the same
  const different = new Map(
    found.filter((value) => value !== undefined).map((value) => [JSON.stringify(value), value]),
  );
  const [variable, ...others] = different.values();
  if (others.length > 0) throw new Error('Expected all functions to know the same mirrors');
  const text = typeof variable === 'string' ? variable : variable['Fn::Join'][1].map(asText).join('');
  return JSON.parse(text);
}

function asText(part: string | { readonly Ref: string }): string {
  return typeof part === 'string' ? part : `<${part.Ref}>`;
}

/** The properties of every resource of a type, by logical id. */
export function listResources<Properties>(template: Template, type: string): [string, Properties][] {
  return Object.entries(template.findResources(type)).map(([id, resource]) => [id, resource.Properties]);
}
