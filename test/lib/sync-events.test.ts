import type { Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as events from 'aws-cdk-lib/aws-events';
import * as sns from 'aws-cdk-lib/aws-sns';
import { SYNC_TASKS } from '../../permissions/sync-tasks';
import { ENVIRONMENT } from '../../statemachine/contract';
import { synthesizeSync, variable } from './announcing-stack';

const bus = (stack: Stack) => events.EventBus.fromEventBusName(stack, 'Bus', 'ours');

describe('events', () => {
  it('are sent by ValidateInput and FinishRun only, to one bus and with one source', () => {
    const found = synthesizeSync((stack) => ({ events: { bus: bus(stack), source: 'com.example.mirror' } }));

    const tasks = SYNC_TASKS.map(({ name }) => name);
    const having = tasks.filter((task) => variable(found, task, ENVIRONMENT.events)?.includes('com.example.mirror'));
    expect(having).toEqual(['ValidateInput', 'FinishRun']);
    const allowed = JSON.stringify(found.findResources('AWS::IAM::Policy')).match(/events:PutEvents/g);
    expect(allowed).toHaveLength(2);
    found.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('ValidateInputRole') }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Action: 'events:PutEvents',
            Effect: 'Allow',
            Condition: { 'ForAllValues:StringEquals': { 'events:source': 'com.example.mirror' } },
            Resource: Match.objectLike({ 'Fn::Join': Match.anyValue() }),
          },
        ]),
      },
    });
  });

  it('are off by default', () => {
    expect(
      JSON.stringify(synthesizeSync((stack) => ({ notifications: { topic: new sns.Topic(stack, 'Topic') } })).toJSON()),
    ).not.toMatch(/PutEvents|BUCKETSYNC_EVENTS/);
  });
});

describe('is rejected at synthesis:', () => {
  it.each(['aws.mirror', 'AWS.mirror', 'two words', ''])('the source "%s"', (source) => {
    const create = () => synthesizeSync((stack) => ({ events: { bus: bus(stack), source } }));

    expect(create).toThrow('Expected `events.source` to be');
  });

  it('an unknown field', () => {
    expect(() =>
      synthesizeSync((stack) => ({
        events: { bus: bus(stack), sorce: 'x' } as never,
      })),
    ).toThrow('`source`');
  });
});
