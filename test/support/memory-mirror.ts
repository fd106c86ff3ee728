import type { Host } from '../../lambdas/engine/ports/host';
import { type Fault, S3Server, type S3ServerOptions, S3State } from '../../local/s3';
import { AnyMirror, type MirrorOptions, useMirrorOf } from './any-mirror';
import { memoryHost } from './memory/memory-host';
import { QuickFolderStore } from './memory/quick-folder-store';

export { type MirrorOptions, past } from './any-mirror';

/**
 * The mirror of a test file whose subject is the engine: its buckets are those of the embedded S3, asked without HTTP, XML, SDK
 * and signatures. `test/s3/buckets/both-worlds.test.ts` holds it against requests over HTTP.
 */
export function useMemoryMirror(options: S3ServerOptions = {}): MemoryMirror {
  return useMirrorOf(new MemoryMirror(), options);
}

export class MemoryMirror extends AnyMirror {
  /** It listens to nothing. */
  protected async open(options: S3ServerOptions): Promise<S3Server> {
    return new S3Server(options.state ?? new S3State(options), options.onRequest);
  }

  hostOf({ pageSize = 1000, serial, host }: MirrorOptions = {}): Host {
    return {
      ...memoryHost(this.s3, { runStore: new QuickFolderStore(this.runsFolder), pageSize }),
      ...(serial && { rangesAtOnce: 1 }),
      ...host,
    };
  }

  /** Not if it is about the text of an answer, a connection that does not end, or a wrong clock, which only a signature has. */
  canMeet(fault: Fault): boolean {
    if (typeof fault === 'string') return fault === 'reset';
    if ('after' in fault) return this.canMeet(fault.after);
    if ('code' in fault) return fault.code !== 'RequestTimeTooSkewed';
    return 'delayMs' in fault;
  }

  async stop(): Promise<void> {}
}
