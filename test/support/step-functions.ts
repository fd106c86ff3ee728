import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { json, text } from 'node:stream/consumers';
import type { RunSummary } from '../../statemachine/contract';
import { FakeExecution } from './execution-history';
import { LoopbackServer } from './loopback';
import type { Mirror, MirrorOptions } from './mirror';

const ARN = 'arn:aws:states:eu-west-1:111122223333';
export const STATE_MACHINE_ARN = `${ARN}:stateMachine:BucketSync-StateMachine`;

/** The parameters of any of the operations below. */
interface Parameters {
  readonly name?: string;
  readonly input?: string;
  readonly executionArn?: string;
  readonly mapRunArn?: string;
  readonly statusFilter?: string;
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly error?: string;
  readonly cause?: string;
}

/**
 * Step Functions, and of CloudFormation the list of a stack's resources, as far as the command line asks them. The
 * executions are real runs of a `Mirror`; histories and answers have the shapes that AWS documents.
 */
export class StepFunctions extends LoopbackServer {
  /** Operations that were asked for, in order. */
  readonly requests: string[] = [];
  readonly executions: FakeExecution[] = [];
  /** Stacks of bucketsync. All other stacks have other outputs. */
  stacks = ['BucketSync'];
  /** Nobody may list stacks. */
  hidesStacks = false;
  /** State machines of each of these stacks. */
  stateMachines = [STATE_MACHINE_ARN];
  /** Answers to be lost on their way, from now on. */
  lostAnswers = 0;
  /** Stops answering. */
  silent = false;
  /** How many times an execution is not there yet when it is asked for. */
  unseen = 0;
  unseenMapRuns = 0;
  /** For the runs that are started from now on. */
  runOptions: MirrorOptions = {};
  #next = Promise.withResolvers<void>();

  private constructor(private readonly mirror: Mirror) {
    super();
  }

  static start(mirror: Mirror): Promise<StepFunctions> {
    return new StepFunctions(mirror).listen();
  }

  override async stop(): Promise<void> {
    await Promise.all(this.executions.map(({ ended }) => ended));
    super.stop();
  }

  /** Resolves with the next request. */
  asked(): Promise<void> {
    return this.#next.promise;
  }

  get newest(): FakeExecution {
    const execution = this.executions.at(-1);
    if (!execution) throw new Error('Expected an execution, got none');
    return execution;
  }

  protected override async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, operation] = String(request.headers['x-amz-target'] ?? '').split('.');
    if (operation === undefined) {
      this.#askCloudFormation(new URLSearchParams(await text(request)), response);
      return;
    }
    this.requests.push(operation);
    this.#next.resolve();
    this.#next = Promise.withResolvers();
    if (this.silent) return;
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    try {
      const answer = JSON.stringify(this.#answer(operation, (await json(request)) as Parameters));
      if (this.lostAnswers-- > 0) response.destroy();
      else response.end(answer);
    } catch (error) {
      response.statusCode = 400;
      response.end(JSON.stringify({ __type: (error as Error).name, message: (error as Error).message }));
    }
  }

  #answer(operation: string, parameters: Parameters): object {
    switch (operation) {
      case 'StartExecution':
        return this.#start(parameters);
      case 'DescribeExecution':
        return this.#read(parameters).describe();
      case 'GetExecutionHistory':
        return this.#read(parameters).readHistory(parameters.maxResults, parameters.nextToken);
      case 'DescribeMapRun':
        return { mapRunArn: parameters.mapRunArn, itemCounts: this.#findMapRun(parameters.mapRunArn) };
      case 'ListExecutions':
        return { executions: this.#list(parameters) };
      case 'StopExecution':
        return { stopDate: this.#find(parameters).abort(parameters.error, parameters.cause) };
      default:
        throw Object.assign(new Error(`${operation} is not known here`), { name: 'UnknownOperationException' });
    }
  }

  /** An execution of the same name and input is the same one. */
  #start({ name = randomUUID(), input = '{}' }: Parameters): object {
    const same = this.executions.find((execution) => execution.name === name && execution.input === input);
    if (same) return { executionArn: same.arn, startDate: same.startDate };
    const execution = new FakeExecution(
      `${STATE_MACHINE_ARN.replace('stateMachine', 'execution')}:${name}`,
      name,
      input,
    );
    this.executions.push(execution);
    const { around } = this.runOptions;
    const run: Promise<RunSummary> = this.mirror.run(JSON.parse(input), {
      ...this.runOptions,
      around: (task, taskInput, invoke) =>
        execution.record(task, taskInput, () => (around ? around(task, taskInput, invoke) : invoke())),
    });
    execution.end(run);
    return { executionArn: execution.arn, startDate: execution.startDate };
  }

  #list({ statusFilter, maxResults = 100 }: Parameters): object[] {
    const found = this.executions.filter(({ status }) => statusFilter === undefined || status === statusFilter);
    return found
      .toReversed()
      .slice(0, maxResults)
      .map((execution) => execution.listItem());
  }

  /** As AWS answers, whose reads are eventually consistent. */
  #read(parameters: Parameters): FakeExecution {
    return this.#find(this.unseen-- > 0 ? { executionArn: `${parameters.executionArn} yet` } : parameters);
  }

  #find({ executionArn }: Parameters): FakeExecution {
    const found = this.executions.find(({ arn }) => arn === executionArn);
    if (found) return found;
    throw Object.assign(new Error(`Execution Does Not Exist: '${executionArn}'`), { name: 'ExecutionDoesNotExist' });
  }

  #findMapRun(arn = ''): object {
    const counts = this.executions.flatMap(({ mapRuns }) => mapRuns.get(arn) ?? [])[0];
    if (!counts || this.unseenMapRuns-- > 0) {
      throw Object.assign(new Error(`Map Run Does Not Exist: '${arn}'`), { name: 'ResourceNotFound' });
    }
    const { total, running, succeeded } = counts;
    const none = { failed: 0, timedOut: 0, aborted: 0, resultsWritten: 0 };
    return { ...none, total, running, succeeded, pending: total - running - succeeded };
  }

  #askCloudFormation(parameters: URLSearchParams, response: ServerResponse): void {
    this.requests.push(parameters.get('Action') ?? '');
    response.setHeader('content-type', 'text/xml');
    if (parameters.get('Action') === 'DescribeStacks') this.#describeStacks(response);
    else this.#listStackResources(parameters.get('StackName') ?? '', response);
  }

  #describeStacks(response: ServerResponse): void {
    if (this.hidesStacks) {
      refuse(response, 'AccessDenied', 'not authorized to perform: cloudformation:DescribeStacks');
      return;
    }
    const own = ['StateMachineArn', 'ReportBucketName', 'StartCommand'];
    const members = [stackXml('Website', ['StateMachineArn']), ...this.stacks.map((name) => stackXml(name, own))];
    const gone = stackXml('BucketSyncGone', own, 'DELETE_IN_PROGRESS');
    const result = `<Stacks>${[...members, gone].join('')}</Stacks>`;
    response.end(
      `<DescribeStacksResponse><DescribeStacksResult>${result}</DescribeStacksResult></DescribeStacksResponse>`,
    );
  }

  #listStackResources(stack: string, response: ServerResponse): void {
    if (!this.stacks.includes(stack)) {
      refuse(response, 'ValidationError', `Stack with id ${stack} does not exist`);
      return;
    }
    const members = this.stateMachines.map((arn) => memberXml('AWS::StepFunctions::StateMachine', arn));
    const resources = [memberXml('AWS::S3::Bucket', 'reports'), ...members].join('');
    const result = `<StackResourceSummaries>${resources}</StackResourceSummaries>`;
    response.end(
      `<ListStackResourcesResponse><ListStackResourcesResult>${result}</ListStackResourcesResult></ListStackResourcesResponse>`,
    );
  }
}

function refuse(response: ServerResponse, code: string, message: string): void {
  response.statusCode = code === 'AccessDenied' ? 403 : 400;
  response.end(`<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`);
}

function stackXml(name: string, outputs: readonly string[], status = 'CREATE_COMPLETE'): string {
  const members = outputs.map((key) => `<member><OutputKey>${key}</OutputKey><OutputValue>x</OutputValue></member>`);
  return `<member><StackName>${name}</StackName><StackStatus>${status}</StackStatus><Outputs>${members.join('')}</Outputs></member>`;
}

function memberXml(type: string, id: string): string {
  return `<member><ResourceType>${type}</ResourceType><PhysicalResourceId>${id}</PhysicalResourceId></member>`;
}
