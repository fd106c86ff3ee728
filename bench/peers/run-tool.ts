import { join } from 'node:path';
import { createTemporaryFolder } from '../../local/temporary-folder';
import { Child } from '../frame/child';
import { type Command, readOutput, runMeasured, type Usage } from '../frame/run-measured';
import { CASES, type Case, type CaseName } from './cases';
import type { Begin, End, Forget, Seen } from './s3-server';
import { kindOf, type RequestKind } from './speeds';
import type { Tool } from './tools/tool';

export type Speed = 'full' | 's3';
export type RequestCounts = Readonly<Record<RequestKind, number>>;

/** How one tool did in one case. */
export interface Run {
  readonly case: CaseName;
  readonly objects: number;
  readonly speed: Speed;
  readonly tool: string;
  /** Why the destination is not equal to the source; absent where it is. */
  readonly wrong?: string;
  /** What of the objects' headers, metadata and ETags did not arrive. */
  readonly lost?: string;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
  /** CPU time of the embedded S3: where it comes near the wall time, the server was the limit, not the tool. */
  readonly serverCpuMs: number;
  /** Requests by operation, as the server counted them. */
  readonly requests: Readonly<Record<string, number>>;
}

export interface Task {
  readonly case: CaseName;
  readonly objects: number;
  readonly speed: Speed;
}

/** Runs a tool once on fresh buckets. @param folder  where it is installed */
export async function runTool(tool: Tool, folder: string, task: Task): Promise<Run> {
  using temporary = createTemporaryFolder('bench');
  const scratch = temporary.path;
  await using s3 = new Child(join(__dirname, 's3-server.ts'));
  const { endpoint } = await s3.ask<{ endpoint: string }>(task satisfies Begin);
  const run = { folder, endpoint, scratch };
  const { nightly, again }: Case = CASES[task.case];
  const commands = (nightly && tool.nightly?.(run)) ?? [tool.command(run)];
  if (again) {
    await runInTurn(commands, scratch);
    await s3.ask({ forget: true } satisfies Forget);
  }
  const { exitCode, ...usage } = await runInTurn(commands, scratch);
  const { requests, cpuMs: serverCpuMs, difference } = await s3.ask<Seen>({ end: true } satisfies End);
  const failure = exitCode === 0 ? undefined : `exit code ${exitCode}: ${readOutput(scratch)}`;
  const wrong = [difference.wrong, failure].filter(Boolean).join('; ');
  return {
    ...task,
    tool: tool.name,
    ...(wrong && { wrong }),
    ...(difference.lost && { lost: difference.lost }),
    ...usage,
    serverCpuMs,
    requests,
  };
}

/** Until one fails. @returns the sum of times, and the most memory */
async function runInTurn(commands: readonly Command[], scratch: string): Promise<Usage> {
  let sum: Usage = { exitCode: 0, wallMs: 0, cpuMs: 0, peakBytes: 0 };
  for (const command of commands) {
    const { exitCode, wallMs, cpuMs, peakBytes } = await runMeasured(command, scratch);
    sum = {
      exitCode,
      wallMs: sum.wallMs + wallMs,
      cpuMs: sum.cpuMs + cpuMs,
      peakBytes: Math.max(sum.peakBytes, peakBytes),
    };
    if (exitCode !== 0) break;
  }
  return sum;
}

export function countByKind(operations: Run['requests']): RequestCounts {
  const counts = { list: 0, copy: 0, head: 0, delete: 0 };
  for (const [operation, count] of Object.entries(operations)) counts[kindOf(operation)] += count;
  return counts;
}

/** US dollars of the requests at the list prices of us-east-1; deletes are free. */
export function costUsd({ list, copy, head }: RequestCounts): number {
  return ((list + copy) * 0.005 + head * 0.0004) / 1000;
}
