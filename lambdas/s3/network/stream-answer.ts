import type { Dispatcher } from 'undici';
import { Answer } from './dispatch';
import { IncomingBytes } from './incoming-bytes';

/** The body of a good answer is a stream, `IncomingBytes`. A limit may also end it while the body is read. Any other answer is read completely. */
export class StreamedAnswer extends Answer {
  /** The body of a good answer. Not a `#field`, because the signal may end the answer in the constructor of `Answer`. */
  private bytes: IncomingBytes | undefined;

  override onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    super.onResponseStart(controller, status, headers);
    if (status < 200 || status >= 300) return;
    this.bytes = new IncomingBytes({
      pause: () => controller.pause(),
      resume: () => controller.resume(),
      abort: (reason) => this.fail(reason),
    });
    this.response.body = this.bytes;
    this.resolve(this.response);
  }

  override onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.bytes) this.bytes.add(chunk);
    else super.onResponseData(controller, chunk);
  }

  override onResponseEnd(): void {
    if (this.bytes) {
      this.settle();
      this.bytes.end();
    } else super.onResponseEnd();
  }

  protected override end(error: Error): void {
    super.end(error);
    this.bytes?.end(error);
  }
}
