import { exitCodeOf } from '../../prove/prove';
import { emptyCounters, type RunSummary } from '../../statemachine/contract';
import { parseDeployedMirror } from '../../statemachine/input/deployed-mirrors';
import { formatRunMessage } from '../../wording/run-message';
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

/** The message that FinishRun sends about an execution that has ended by itself. */
function messageOf({ executionArn, name, output, error = '', cause = '' }: Execution): string {
  const summary: RunSummary = output === undefined ? failedRun(error, cause) : JSON.parse(output);
  const told = { ...summary, runId: name, report: `s3://REPORTS/runs/${name}/` };
  return formatRunMessage(told, { executionArn, mirror: 'demo', code: undefined, runbook: undefined }).text;
}

function failedRun(name: string, message: string): RunSummary {
  const [totals, estimatedCostUsd] = [emptyCounters(), { total: 0, items: {} }];
  const about = { runId: '', startedAt: '2026-01-01T00:00:00Z', input: {}, phases: [], wrote: false, elapsedMs: 0 };
  return { ...about, status: 'failed', totals, estimatedCostUsd, error: { name, message, keys: [] } };
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
  await states.listen();
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
