import {
  checkConcurrency,
  checkFunctions,
  checkReserved,
  checkStackStatus,
  checkStateMachine,
  checkVersion,
} from './checks/stack-checks';
import { checkAlarm, checkLastSuccess, checkQueue, checkSchedule, checkTopic } from './checks/watch-checks';
import type { Answer, Finding, Verdict } from './finding';
import { ok, unchecked, warning } from './finding';
import type { StackFacts } from './stack-facts';

/** Everything about a deployed mirror but its buckets. @param own  version of this command line */
export function checkStack(facts: StackFacts, own: string): Finding[] {
  const about = facts.stack ?? lastPart(facts.stateMachineArn);
  const line = (check: string, verdict: Verdict): Finding => ({ check: `stack.${check}`, about, ...verdict });
  return [
    line('status', checkStackStatus(facts)),
    line('state-machine', checkStateMachine(facts)),
    line('version', checkVersion(facts, own)),
    line('functions', checkFunctions(facts)),
    line('reserved-concurrency', checkReserved(facts)),
    line('concurrency', checkConcurrency(facts)),
    ...each('schedule', facts.schedules, ({ name }) => name, checkSchedule, ok('no schedule starts it')),
    ...each('dead-letters', facts.queues, ({ url }) => url.slice(url.lastIndexOf('/') + 1), checkQueue),
    ...each('alarm', facts.alarms, ({ name }) => name, checkAlarm, warning(SILENT)),
    ...each('subscription', facts.topics, ({ arn }) => lastPart(arn), checkTopic),
    ...each('last-success', facts.mirrors, ({ name }) => name, checkLastSuccess),
  ];

  /** One line for each, or one about the stack if there is none or nobody may look. */
  function each<T>(
    check: string,
    answer: Answer<readonly T[]>,
    nameOf: (item: T) => string,
    judgeOne: (item: T, facts: StackFacts) => Verdict,
    none?: Verdict,
  ): Finding[] {
    if (!('value' in answer)) return [line(check, unchecked(answer.unknown))];
    if (answer.value.length === 0) return none ? [line(check, none)] : [];
    return answer.value.map((item) => ({ check: `stack.${check}`, about: nameOf(item), ...judgeOne(item, facts) }));
  }
}

const SILENT = 'no alarm tells when the mirror stops working: deploy it with `alarmEmail`, or with `monitoring`';

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}
