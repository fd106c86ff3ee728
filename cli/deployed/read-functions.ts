import {
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { ask } from '../../local/doctor/ask';
import type { Answer } from '../../local/doctor/finding';
import type { ConcurrencyFacts, FunctionFacts } from '../../local/doctor/stack-facts';
import { requestHandler } from '../../local/network';
import { ENVIRONMENT } from '../../statemachine/contract';
import { type ConnectionOptions, clientSettings } from './clients';

export interface ReadFunctions {
  readonly functions: Answer<readonly FunctionFacts[]>;
  readonly concurrency: Answer<ConcurrencyFacts>;
  /** The variables of the function that knows the deployed mirrors. */
  readonly environment: Answer<NodeJS.ProcessEnv>;
}

/** @param names  functions that the state machine calls @param arn  of the state machine */
export async function readFunctions(
  names: Answer<readonly string[]>,
  options: ConnectionOptions,
  arn: string,
): Promise<ReadFunctions> {
  const client = new LambdaClient({ ...(await clientSettings(options, arn)), requestHandler: requestHandler() });
  const concurrency = await ask('lambda:GetAccountSettings', async () => {
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
    const limit = AccountLimit?.ConcurrentExecutions ?? 0;
    return { limit, unreserved: AccountLimit?.UnreservedConcurrentExecutions ?? limit };
  });
  if (!('value' in names)) return { functions: names, concurrency, environment: names };
  const read = await Promise.all(names.value.map((name) => readFunction(name, client)));
  const knowing = read.find(({ variables }) => variables?.[ENVIRONMENT.mirrors] !== undefined)?.variables;
  const denied = read.find(({ facts }) => !('value' in facts.state))?.facts.state as { unknown: string } | undefined;
  return {
    functions: { value: read.map(({ facts }) => facts) },
    concurrency,
    environment: knowing ? { value: knowing } : (denied ?? { unknown: 'no function knows the deployed mirrors' }),
  };
}

interface ReadFunction {
  readonly facts: FunctionFacts;
  readonly variables?: NodeJS.ProcessEnv;
}

async function readFunction(name: string, client: LambdaClient): Promise<ReadFunction> {
  const configuration = await ask(
    'lambda:GetFunctionConfiguration',
    () => client.send(new GetFunctionConfigurationCommand({ FunctionName: name })),
    { ResourceNotFoundException: undefined },
  );
  const reserved = await ask(
    'lambda:GetFunctionConcurrency',
    async () => {
      const answer = await client.send(new GetFunctionConcurrencyCommand({ FunctionName: name }));
      return answer.ReservedConcurrentExecutions;
    },
    { ResourceNotFoundException: undefined },
  );
  if (!('value' in configuration)) return { facts: { name, state: configuration, reserved } };
  // older servers do not tell the state
  const state = configuration.value && (configuration.value.State ?? 'Active');
  return {
    facts: { name, state: { value: state }, reserved },
    ...(configuration.value?.Environment?.Variables && { variables: configuration.value.Environment.Variables }),
  };
}
