import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { Lab } from './lab';
import { cloudFormationOf } from './remove-stack';

const ROOT = resolve(__dirname, '..');
const APP = 'prove/stack/app.ts';
const SHOWN_CHARACTERS = 400;

/** The resources that the outputs of `prove/stack` name. */
export interface StackOutputs {
  /** The state machine of bucketsync, and that of the probes. */
  readonly StateMachineArn: string;
  readonly ProbesArn: string;
  readonly ReportBucketName: string;
  readonly MessagesUrl: string;
  readonly DeadLettersUrl: string;
}

/**
 * Deploys `prove/stack` under the name of the proof.
 *
 * @throws Error  this is no checkout, or the CDK or CloudFormation failed
 */
export async function deployStack(lab: Lab): Promise<StackOutputs> {
  if (!existsSync(join(ROOT, APP))) throw new Error('Expected a checkout of bucketsync, which holds the stack');
  await lab.make({ kind: 'stack', name: lab.name, region: lab.region }, () => runCdk(lab));
  const describe = new DescribeStacksCommand({ StackName: lab.name });
  const { Stacks = [] } = await lab.keep(cloudFormationOf(lab.signing)).send(describe);
  const [{ Outputs = [] } = {}] = Stacks;
  return Object.fromEntries(
    Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
  ) as unknown as StackOutputs;
}

async function runCdk({ name, region, signing, signal }: Lab): Promise<void> {
  const output = mkdtempSync(join(tmpdir(), 'bucketsync-prove-'));
  const app = ['--app', `node --import ./bin/tsx.mjs ${APP}`, '-c', `name=${name}`, '--output', output];
  const args = ['deploy', name, ...app, '--require-approval', 'never', '--tags', `bucketsync-prove=${name}`];
  const env = {
    ...process.env,
    PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...(signing.endpoint && { AWS_ENDPOINT_URL: signing.endpoint }),
  };
  const child = spawn('cdk', args, { cwd: ROOT, env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
  // Also after an error, for example if the proof was stopped. Until then the CDK writes to its folder.
  const closed = new Promise<void>((done) => child.once('close', () => done()));
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]).finally(async () => {
    await closed;
    rmSync(output, { recursive: true, force: true });
  });
  if (exitCode === 0) return;
  throw new Error(`cdk deploy ended with ${exitCode}: ${`${stdout}${stderr}`.slice(-SHOWN_CHARACTERS)}`);
}
