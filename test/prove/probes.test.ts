import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ExecutionError, StateMachine } from 'aws-local-stepfunctions';
import { errorOf, hasCause, retriedErrors } from '../../prove/probes';
import { ProofStack } from '../../prove/stack/proof-stack';
import { STAGES } from '../../prove/stages';
import { createApp } from '../lib/synthesize';

/** It has no types of its own. */
const validate = jest.requireActual<(definition: object) => { isValid: boolean }>('asl-validator');

const FOLDER = join(__dirname, '../../prove/stack');
const { handler } = require(join(FOLDER, 'probe-function')) as { handler: (input: object) => Promise<unknown> };
const definition = JSON.parse(
  readFileSync(join(FOLDER, 'probes.asl.json'), 'utf8').replaceAll(
    /\$\{(\w+)FunctionArn\}/g,
    'arn:aws:lambda:us-east-1:123456789012:function:$1',
  ),
);

/** An execution of the probes here, as DescribeExecution would show it. */
async function execute(input: { readonly probe: string }, fail?: Error) {
  const call = async (taskInput: unknown) => {
    if (fail) throw fail;
    return (await handler(taskInput as object)) as string;
  };
  const states = ['Runs', 'Throttled', 'Slow', 'CaughtByName', 'CaughtByAll'];
  const execution = new StateMachine(definition, { validationOptions: { noValidate: true } }).run(input as never, {
    overrides: { taskResourceLocalHandlers: Object.fromEntries(states.map((state) => [state, call])) },
  });
  try {
    return { status: 'SUCCEEDED', output: JSON.stringify(await execution.result) } as const;
  } catch (error) {
    if (!(error instanceof ExecutionError)) throw error;
    const { name, message } = error.cause as Error;
    return { status: 'FAILED', error: name, cause: message } as const;
  }
}

describe('the probes', () => {
  it('are a state machine', () => {
    expect(validate(definition)).toMatchObject({ isValid: true });
  });

  it('are recognised by the name of the error that a function throws', async () => {
    const ended = await execute({ probe: 'throw' });

    expect(errorOf(ended as never)).toBe('ListingError');
    expect(hasCause(ended as never)).toBe(true);
  });

  it.each(['timeout', 'memory', 'exit', 'throttled', 'slow', 'large, caught by name', 'large, caught by States.ALL'])(
    'catch the error of %s',
    async (probe) => {
      const fault = Object.assign(new Error('as Lambda tells it'), { name: 'Sandbox.Timedout' });

      expect(errorOf((await execute({ probe }, fault)) as never)).toBe('Sandbox.Timedout');
    },
  );

  it('find nothing if nothing fails', async () => {
    expect(errorOf((await execute({ probe: 'anything' })) as never)).toBe('none');
  });

  it('end with an error of the input', async () => {
    const input = { probe: 'fail', error: 'SourceEmptyError', cause: 'why' };

    expect(await execute(input)).toMatchObject({ status: 'FAILED', error: 'SourceEmptyError', cause: 'why' });
  });

  it('have a Map whose children get an item each', async () => {
    const { output } = await execute({ probe: 'map', items: ['a', 'b'], run: 1 } as never);

    expect(JSON.parse(output ?? '')).toEqual([
      { index: 0, item: 'a', run: 1 },
      { index: 1, item: 'b', run: 1 },
    ]);
  });

  it('are each asked for by an assumption', () => {
    const choices: { StringEquals: string }[] = definition.States.Which.Choices;
    const text = readFileSync(join(__dirname, '../../prove/stages/g-probes.ts'), 'utf8');

    for (const { StringEquals } of choices) expect(text).toContain(`'${StringEquals}'`);
    expect(STAGES.find(({ id }) => id === 'G')?.assumptions.length).toBeGreaterThan(20);
  });
});

it('errors that a range is tried again after are those of the definition', () => {
  expect([...retriedErrors()]).toEqual(
    expect.arrayContaining(['Lambda.TooManyRequestsException', 'Sandbox.Timedout', 'States.Timeout', 'ListingError']),
  );
  expect(retriedErrors().has('AccessDeniedError')).toBe(false);
});

describe('the stack of a proof', () => {
  const template = Template.fromStack(new ProofStack(createApp(), 'bucketsync-prove-abcdefgh'));

  it('names what a proof asks for', () => {
    expect(Object.keys(template.findOutputs('*'))).toEqual(
      expect.arrayContaining(['StateMachineArn', 'ReportBucketName', 'MessagesUrl', 'DeadLettersUrl', 'ProbesArn']),
    );
  });

  it('sends what EventBridge makes of the end of a run to a queue, as it is', () => {
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'sqs', RawMessageDelivery: true });
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [Match.objectLike({ InputTransformer: Match.anyValue(), DeadLetterConfig: Match.anyValue() })],
    });
  });

  it('has a function that Lambda never runs', () => {
    template.hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 0 });
  });

  it('leaves nothing behind that it made', () => {
    const kept = Object.entries(template.toJSON().Resources as Record<string, { DeletionPolicy?: string }>);

    expect(kept.filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain').map(([name]) => name)).toEqual([]);
  });
});
