import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { TASK_HANDLERS, type TaskName } from '../../local/handlers';
import { LoopbackServer } from '../support/loopback';
import { forward } from './forward';

type Handler = (event: unknown, context: object) => Promise<unknown>;

const INVOCATION = /^\/2015-03-31\/functions\/.*?(\w+)\/invocations/;

/** Wraps a handler, to see or to fail it. */
export type Around = (task: TaskName, invoke: () => Promise<unknown>, event: unknown) => Promise<unknown>;

/** Lambda's Invoke with the real handlers, in this process; every other request goes to `target`. */
export class LambdaEndpoint extends LoopbackServer {
  around: Around = (_task, invoke) => invoke();
  /** Lambda's own answer instead of the function's. */
  refuse: { readonly task: TaskName; readonly status: number; readonly code: string } | undefined;
  target = '';

  static start(): Promise<LambdaEndpoint> {
    return new LambdaEndpoint().listen();
  }

  get port(): number {
    return Number(new URL(this.endpoint).port);
  }

  protected override async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const [, task] = INVOCATION.exec(decodeURIComponent(request.url ?? '')) ?? [];
    if (task !== undefined) await this.#invoke(task as TaskName, JSON.parse(body.toString('utf8')), response);
    else await forward(request, new Uint8Array(body), this.target, response);
  }

  /** As Lambda answers: a function's error is no error of the request. */
  async #invoke(task: TaskName, event: unknown, response: ServerResponse): Promise<void> {
    response.setHeader('content-type', 'application/json');
    if (this.refuse?.task === task) {
      response.writeHead(this.refuse.status, { 'x-amzn-errortype': this.refuse.code });
      response.end(JSON.stringify({ message: 'Refused by the test' }));
      return;
    }
    try {
      const { handler } = (await TASK_HANDLERS[task]()) as { handler: Handler };
      const context = { getRemainingTimeInMillis: () => 900_000 };
      response.end(JSON.stringify(await this.around(task, () => handler(event, context), event)));
    } catch (error) {
      const { name, message } = error as Error;
      response.setHeader('x-amz-function-error', 'Unhandled');
      response.end(JSON.stringify({ errorType: name, errorMessage: message, trace: [] }));
    }
  }
}
