import { formatCount } from '../../../wording/numbers';
import { failure, judge, ok, type Verdict, warning } from '../finding';
import type { FunctionFacts, StackFacts } from '../stack-facts';

export function checkStackStatus({ stack, stackStatus, awsOptions }: StackFacts): Verdict {
  return judge(stackStatus, (status) => {
    const events = ['aws', 'cloudformation', 'describe-stack-events', '--stack-name', stack ?? '', ...awsOptions];
    if (status.endsWith('_IN_PROGRESS')) return warning(`is being changed (${status})`, events);
    if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return ok(`is deployed (${status})`);
    if (status === 'UPDATE_ROLLBACK_COMPLETE') {
      return warning(`the last deployment failed, and was undone (${status})`, events);
    }
    return failure(`is not deployed completely (${status})`, events);
  });
}

export function checkStateMachine({ machineStatus, stateMachineArn, awsOptions }: StackFacts): Verdict {
  return judge(machineStatus, (status) => {
    if (status === 'ACTIVE') return ok('the state machine is active');
    return failure(`the state machine is ${status === '' ? 'not there' : status}`, [
      ...['aws', 'stepfunctions', 'describe-state-machine', '--state-machine-arn', stateMachineArn],
      ...awsOptions,
    ]);
  });
}

/** @param own  version of this command line */
export function checkVersion({ version, stack }: StackFacts, own: string): Verdict {
  return judge(version, (deployed) => {
    const deploy = ['npx', 'cdk', 'deploy', ...(stack === undefined ? [] : [stack])];
    if (deployed === own) return ok(`was deployed by this version, ${own}`);
    if (deployed === undefined) return warning(`does not say which version deployed it; this is ${own}`, deploy);
    return warning(`was deployed by version ${deployed}, and this is ${own}`, deploy);
  });
}

export function checkFunctions({ functions, stack }: StackFacts): Verdict {
  return judge(functions, (all) => {
    const deploy = ['npx', 'cdk', 'deploy', ...(stack === undefined ? [] : [stack])];
    if (all.length === 0) return failure('the state machine calls no function', deploy);
    const unknown = all.find(({ state }) => !('value' in state));
    const bad = all.find(({ state }) => 'value' in state && state.value !== 'Active');
    if (bad) {
      const state = ('value' in bad.state && bad.state.value) || 'not there';
      return failure(`the function ${bad.name} is ${state}`, deploy);
    }
    return unknown
      ? judge(unknown.state, () => ok(''))
      : ok(all.length === 1 ? 'its function is active' : `all ${all.length} functions are active`);
  });
}

/** With a concurrency of 0, Lambda refuses each call of a function; with less than a round needs, runs are slow. */
export function checkReserved({ functions, mirrors, awsOptions }: StackFacts): Verdict {
  return judge(functions, (all) => {
    const unknown = all.find(({ reserved }) => !('value' in reserved));
    const limited = all.filter(({ reserved }) => 'value' in reserved && reserved.value !== undefined);
    const undo = ({ name }: FunctionFacts) => [
      ...['aws', 'lambda', 'delete-function-concurrency', '--function-name', name],
      ...awsOptions,
    ];
    const stopped = limited.find((each) => reservedFor(each) === 0);
    if (stopped)
      return failure(`the function ${stopped.name} may not run: its reserved concurrency is 0`, undo(stopped));
    const needed = 'value' in mirrors ? Math.max(...mirrors.value.map(({ maxConcurrency }) => maxConcurrency)) : 0;
    const scarce = limited.find((each) => /Range/.test(each.name) && reservedFor(each) < needed);
    if (scarce) {
      return warning(
        `the function ${scarce.name} may run ${reservedFor(scarce)} times at once, and a round has up to ${needed} Tasks`,
        undo(scarce),
      );
    }
    return unknown ? judge(unknown.reserved, () => ok('')) : ok('no function is limited by reserved concurrency');
  });
}

function reservedFor({ reserved }: FunctionFacts): number {
  return ('value' in reserved && reserved.value) || 0;
}

/** A new account may have ten. Copies and deletes run side by side. */
export function checkConcurrency({ concurrency, mirrors, awsOptions }: StackFacts): Verdict {
  return judge(concurrency, ({ limit, unreserved }) => {
    const tasks = 'value' in mirrors ? Math.max(0, ...mirrors.value.map(({ maxConcurrency }) => maxConcurrency)) : 0;
    const needed = 2 * tasks;
    const have = `Lambda runs ${formatCount(unreserved)} functions at once (of ${formatCount(limit)} in this account and Region)`;
    if (unreserved >= needed) return ok(have);
    return warning(`${have}, and a round of both loops has up to ${formatCount(needed)} Tasks`, [
      ...['aws', 'service-quotas', 'request-service-quota-increase', '--service-code', 'lambda'],
      ...['--quota-code', 'L-B99A9384', '--desired-value', `${Math.max(1000, limit - unreserved + needed)}`],
      ...awsOptions,
    ]);
  });
}
