import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { errorOf, hasCause, retriedErrors } from '../../prove/probes';
import { ProofStack } from '../../prove/stack/proof-stack';
import { STAGES } from '../../prove/stages';
import { createApp } from '../lib/synthesize';
import { PROBES, runProbes } from './run-probes';

/** It has no types of its own. */
const validate = jest.requireActual<(definition: object) => { isValid: boolean }>('asl-validator');

describe('the probes', () => {
  it('are a state machine', () => {
    expect(validate(PROBES)).toMatchObject({ isValid: true });
  });

  it('are recognised by the name of the error that a function throws', async () => {
    const ended = await runProbes({ probe: 'throw' });

    expect(errorOf(ended as never)).toBe('ListingError');
    expect(hasCause(ended as never)).toBe(true);
  });

  it.each(['timeout', 'memory', 'exit', 'throttled', 'slow', 'large, caught by name', 'large, caught by States.ALL'])(
    'catch the error of %s',
    async (probe) => {
      const fault = Object.assign(new Error('as Lambda tells it'), { name: 'Sandbox.Timedout' });

      expect(errorOf((await runProbes({ probe }, fault)) as never)).toBe('Sandbox.Timedout');
    },
  );

  it('find nothing if nothing fails', async () => {
    expect(errorOf((await runProbes({ probe: 'anything' })) as never)).toBe('none');
  });

  it('end with an error of the input', async () => {
    const input = { probe: 'fail', error: 'SourceEmptyError', cause: 'why' };

    expect(await runProbes(input)).toMatchObject({ status: 'FAILED', error: 'SourceEmptyError', cause: 'why' });
  });

  it('have a Map whose children get an item each', async () => {
    const { output } = await runProbes({ probe: 'map', items: ['a', 'b'], run: 1 });

    expect(JSON.parse(output ?? '')).toEqual([
      { index: 0, item: 'a', run: 1 },
      { index: 1, item: 'b', run: 1 },
    ]);
  });

  it('are each asked for by an assumption', () => {
    const choices: { StringEquals: string }[] = PROBES.States.Which.Choices;
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
