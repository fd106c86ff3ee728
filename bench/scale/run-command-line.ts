import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryFolder } from '../../local/temporary-folder';
import type { RunSummary } from '../../statemachine/contract';
import { Child } from '../frame/child';
import { readOutput, runMeasured } from '../frame/run-measured';
import { bucketsync } from '../peers/tools/bucketsync';
import { findMistake, listFloor } from './expected';
import type { ScaleMeasurement } from './measure-run';
import type { Virtual } from './virtual-bucket';

/** The command line as a user runs it, over HTTP, against an embedded S3 that computes what it lists. */
export async function runCommandLine(virtual: Virtual, folder: string): Promise<ScaleMeasurement> {
  using temporary = createTemporaryFolder('bench');
  const scratch = temporary.path;
  await using s3 = new Child(join(__dirname, 'virtual-s3-server.ts'));
  const { endpoint } = await s3.ask<{ endpoint: string }>(virtual);
  const { args, ...command } = bucketsync.command({ folder, endpoint, scratch });
  // A computed bucket keeps nothing, not even a lock.
  const usage = await runMeasured({ ...command, args: [...args, '--no-lock'] }, scratch);
  if (usage.exitCode > 1) throw new Error(readOutput(scratch));
  const summary: RunSummary = JSON.parse(readFileSync(join(scratch, 'output.log'), 'utf8'));
  const wrong = findMistake(virtual, summary);
  const { copied, deleted, requests } = summary.totals;
  return {
    layers: 'all',
    objects: virtual.keys,
    ...(wrong && { wrong }),
    elapsedMs: usage.wallMs,
    peakBytes: usage.peakBytes,
    listRequests: requests.list,
    listFloor: listFloor(virtual),
    copied,
    deleted,
  };
}
