import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A module that runs in a process of its own, and answers messages one at a time. */
export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;

  /**
   * @param file  its path
   * @param flags  of Node.js, in addition to those of this process
   */
  constructor(
    private readonly file: string,
    flags: readonly string[] = [],
  ) {
    this.#process = fork(file, { execArgv: [...process.execArgv, ...flags] });
    this.#exited = once(this.#process, 'exit');
  }

  /** @throws Error  it ended instead of an answer; what it said is on stderr */
  async ask<Answer>(question: object): Promise<Answer> {
    const ended = this.#exited.then(() => Promise.reject(new Error(`${this.file} ended by an error`)));
    this.#process.send(question);
    const answer = await Promise.race([once(this.#process, 'message'), ended]);
    ended.catch(() => {}); // once it has answered it may end
    return answer[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await this.#exited;
  }
}

/** In the child: answers each message by what `answer` returns. */
export function answerParent<Question extends object>(answer: (question: Question) => Promise<object>): void {
  process.on('message', async (question: Question) => {
    process.send?.(await answer(question));
  });
}
