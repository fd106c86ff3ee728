import { isDeepStrictEqual } from 'node:util';
import type { Assumption } from '../assumption';
import type { Lab } from '../lab';
import { errorOf, hasCause, retriedErrors } from '../probes';
import { deploymentOf } from './g-deployment';

const ERRORS = 'AWS: Handling errors in Step Functions workflows';
const RETRIES = 'bucketsync: what bucketsync.asl.json tries again';
const AGAIN = 'an error that a range is tried again after';
/** Two or three seconds of the smallest function, and four transitions. */
const PROBE_USD = 0.0005;

/** Starts the probes with one input. */
async function probe(lab: Lab, name: string, more: object = {}) {
  return lab.shared(`probe ${name}`, async () => {
    const { outputs, executions } = await deploymentOf(lab);
    lab.spending.add('probes', PROBE_USD);
    return executions.ended(await executions.start(outputs.ProbesArn, { probe: name, ...more }));
  });
}

/** The items that a Map gives to its children, like the tokens of a round: each item is a list. */
const ITEMS = Array.from({ length: 12 }, (_, index) => [{ after: `${index}` }]);
const RUN = { id: 'of the probe' };

/** A Distributed Map of children that do nothing. */
export function mapOfProbes(lab: Lab) {
  return probe(lab, 'map', { items: ITEMS, run: RUN });
}

const PROBES: readonly (readonly [name: string, says: string, expected?: string])[] = [
  ['timeout', 'A function that takes too long ends with an error after which a range is tried again', AGAIN],
  ['memory', 'A function that needs too much memory ends with an error after which a range is tried again', AGAIN],
  ['exit', 'A function whose process ends ends with an error after which a range is tried again', AGAIN],
  ['throttled', 'A function that Lambda may not run ends with an error after which a range is tried again', AGAIN],
  ['slow', 'A Task that takes too long ends with an error after which a range is tried again', AGAIN],
  ['throw', 'An error that a function throws has the name that it gave it', 'ListingError'],
  ['large, caught by name', 'A result that is too large can be caught by name', 'States.DataLimitExceeded'],
];

/** From `first` on. */
export function probesFrom(first: number): Assumption[] {
  const judged = PROBES.map(
    ([name, says, expected], index): Assumption => ({
      id: `G${first + index}`,
      says,
      source: `${ERRORS}; ${RETRIES}`,
      expected,
      async observe(lab) {
        const error = errorOf(await probe(lab, name));
        return expected === AGAIN && retriedErrors().has(error) ? AGAIN : error;
      },
    }),
  );
  const next = first + PROBES.length;
  return [
    ...judged,
    {
      id: `G${next}`,
      says: 'By which names Step Functions tells what has become of a function',
      source: `${ERRORS}; ${RETRIES}`,
      async observe(lab) {
        const told = await Promise.all(PROBES.map(async ([name]) => `${name}: ${errorOf(await probe(lab, name))}`));
        return told.join('; ');
      },
    },
    {
      id: `G${next + 1}`,
      says: 'What a result that is too large comes to where only States.ALL is caught',
      source: `${ERRORS}: States.ALL does not catch States.DataLimitExceeded; bucketsync names both`,
      observe: async (lab) => errorOf(await probe(lab, 'large, caught by States.ALL')),
    },
    {
      id: `G${next + 2}`,
      says: 'Whether a Task that took too long has a cause',
      source: 'bucketsync: caught-errors.ts takes either',
      observe: async (lab) => (hasCause(await probe(lab, 'slow')) ? 'it has a cause' : 'it has none'),
    },
    {
      id: `G${next + 3}`,
      says: 'An execution ends with the error and the cause that a Fail state finds in its input',
      source: 'AWS: Fail workflow state, ErrorPath and CausePath; bucketsync.asl.json: Failed',
      expected: 'FAILED SourceEmptyError: "why", it says',
      async observe(lab) {
        const more = { error: 'SourceEmptyError', cause: '"why", it says' };
        const { status, error, cause } = await probe(lab, 'fail', more);
        return `${status} ${error}: ${cause}`;
      },
    },
    {
      id: `G${next + 4}`,
      says: 'A Distributed Map hands each child its item, and puts their results into the order of the items',
      source: 'AWS: Map state in Distributed mode, ItemSelector; bucketsync.asl.json: CopyRanges',
      expected: 'each its own, in order',
      async observe(lab) {
        const ended = await mapOfProbes(lab);
        const expected = ITEMS.map((item, index) => ({ index, item, run: RUN }));
        const isSame = isDeepStrictEqual(JSON.parse(ended.output ?? 'null'), expected);
        return isSame ? 'each its own, in order' : `${errorOf(ended)}: ${ended.output}`;
      },
    },
  ];
}
