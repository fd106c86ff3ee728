import type { TaskName } from '../../local/handlers';
import type { RangeInput } from '../../statemachine/contract';
import { type Mirror, past } from '../support/mirror';
import { StepFunctions } from '../support/step-functions';
import { type Finished, runCli } from './command-line';

/** A deployed state machine for each test of a file, and the command line beside it. */
export class Deployed {
  /** There in each test. */
  service!: StepFunctions;
  readonly #held: (() => void)[] = [];

  constructor(private readonly mirror: Mirror) {
    beforeEach(async () => {
      this.service = await StepFunctions.start(mirror);
    });
    afterEach(async () => {
      for (const release of this.#held.splice(0)) release();
      await this.service.stop();
    });
  }

  /** Of the command line, with nothing but Step Functions and CloudFormation within its reach. */
  readonly environment = (): NodeJS.ProcessEnv => {
    return { AWS_ENDPOINT_URL: this.service.endpoint, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' };
  };

  readonly cli = (...args: string[]): Promise<Finished> => runCli(undefined, args, '', this.environment());

  /** Thirty objects to copy, and an orphan. */
  readonly createPair = () => {
    const pair = this.mirror.createPair();
    for (let index = 0; index < 30; index++) pair.source.put(`${index}`, 'content', { lastModified: past });
    pair.destination.put('orphan', 'x');
    return { ...pair, urls: [`s3://${pair.source.name}`, `s3://${pair.destination.name}`] as const };
  };

  /**
   * Holds a Task back until it is released, at the latest at the end of the test.
   *
   * @param where  only Tasks of a phase that writes, which the plan before it has begun with
   */
  readonly holdTask = (task: TaskName, where?: 'writing') => {
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.service.runOptions = {
      around: async (current, input, invoke) => {
        if (current === task && (where === undefined || (input as RangeInput).phase.write)) {
          reached.resolve();
          await released.promise;
        }
        return invoke();
      },
    };
    this.#held.push(released.resolve);
    return { reached: reached.promise, release: released.resolve };
  };
}
