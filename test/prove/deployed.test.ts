import { Template } from 'aws-cdk-lib/assertions';
import { exitCodeOf } from '../../prove/prove';
import { ProofStack } from '../../prove/stack/proof-stack';
import { parseDeployedMirror } from '../../statemachine/input/deployed-mirrors';
import { createApp } from '../lib/synthesize';
import { type Transformer, transform } from '../support/event-bridge';
import { past, useMirror } from '../support/mirror';
import { FakeServices } from './fake-services';
import { type Execution, LocalStates, STATE_MACHINES } from './local-states';
import { idsOf, optionsFor, proveHere } from './proof';

const OUTPUTS = {
  StateMachineArn: STATE_MACHINES.mirror,
  ProbesArn: STATE_MACHINES.probes,
  ReportBucketName: 'REPORTS',
  MessagesUrl: 'messages',
  DeadLettersUrl: 'letters',
};

// Everything but the CDK itself, which has no AWS to deploy to.
jest.mock('../../prove/deployed-stack', () => ({
  deployStack: (lab: { name: string; region: string; make: (resource: object, make: () => object) => object }) =>
    lab.make({ kind: 'stack', name: lab.name, region: lab.region }, async () => OUTPUTS),
}));

const mirror = useMirror();
let services: FakeServices;
let states: LocalStates;

const template = Template.fromStack(new ProofStack(createApp(), 'bucketsync-prove-abcdefgh'));
const [rule] = Object.values(template.findResources('AWS::Events::Rule'));
const { InputTransformer } = (rule as { Properties: { Targets: [{ InputTransformer: Transformer }] } }).Properties
  .Targets[0];

/** The message that EventBridge makes of an end by the rule that is deployed. */
function messageOf(execution: Execution): string {
  return transform({ detail: { ...execution, stateMachineArn: STATE_MACHINES.mirror } }, InputTransformer);
}

beforeEach(async () => {
  mirror.s3.authorize = undefined;
  mirror.overlooksLock = false;
  mirror.s3.createBucket('REPORTS');
  const { source, input } = mirror.createPair();
  for (let index = 0; index < 20; index++) source.put(`${index}`, 'content', { lastModified: past });
  services = await FakeServices.start();
  const onEnd = (execution: Execution) => services.queues.set('messages', [messageOf(execution)]);
  const refuseSummary = () => {
    const denied = mirror.s3.bucket('REPORTS').policy?.includes('/runs/*/summary.json');
    if (denied) throw Object.assign(new Error('AccessDenied'), { name: 'StoreError' });
  };
  const deployed = { host: { mirrors: [parseDeployedMirror(input)] } };
  states = new LocalStates(mirror, deployed, onEnd, refuseSummary);
  await states.start();
  process.env.AWS_ENDPOINT_URL_SFN = states.endpoint;
  process.env.AWS_ENDPOINT_URL_CLOUDFORMATION = states.endpoint;
});
afterEach(() => {
  delete process.env.AWS_ENDPOINT_URL_SFN;
  delete process.env.AWS_ENDPOINT_URL_CLOUDFORMATION;
  services.stop();
  states.stop();
});

it('a proof with the embedded S3 and the local state machine finds all of stage G as assumed', async () => {
  const proof = await proveHere(optionsFor(mirror.s3, 'ABG', { deploy: true }));

  expect(proof.findings.filter(({ verdict }) => verdict === 'different')).toEqual([]);
  const ofStage = proof.findings.filter(({ stage }) => stage === 'G');
  expect(ofStage.filter(({ verdict }) => verdict === 'not run')).toEqual([]);
  expect(idsOf(proof, 'as assumed').filter((id) => id.startsWith('G')).length).toBe(16);
  const observed = Object.fromEntries(ofStage.map(({ id, observed }) => [id, observed]));
  expect(observed.G5).toBe('7 s');
  expect(mirror.s3.bucket('REPORTS').policy).toBeUndefined();
  expect(proof.leftovers).toEqual([]);
  expect(exitCodeOf(proof)).toBe(0);
});
