import { join } from 'node:path';
import type { S3Server } from '../../local/s3';
import { type Proof, type ProveOptions, prove } from '../../prove/prove';
import type { StageId } from '../../prove/stage-options';
import { temporaryFolder } from '../support/temporary-folder';

process.env.AWS_ACCESS_KEY_ID = 'test';
process.env.AWS_SECRET_ACCESS_KEY = 'test';

/** Options of a proof against the embedded S3, with files in a folder of its own. */
export function optionsFor(s3: S3Server, stages: string, more: Partial<ProveOptions> = {}): ProveOptions {
  const folder = temporaryFolder();
  return {
    stages: new Set(stages as Iterable<string> as Iterable<StageId>),
    maxUsd: 1,
    journalFolder: join(folder, 'journals'),
    resultFile: join(folder, 'prove.json'),
    region: 'us-east-1',
    endpoint: s3.endpoint,
    signal: new AbortController().signal,
    ...more,
  };
}

/** Runs it without asking. */
export async function proveHere(options: ProveOptions): Promise<Proof> {
  const proof = await prove(options, { allow: async () => true, onFinding: () => {} });
  if (!proof) throw new Error('Expected the proof to begin');
  return proof;
}

export function idsOf({ findings }: Proof, verdict: string): string[] {
  return findings.filter((finding) => finding.verdict === verdict).map(({ id }) => id);
}

export function bucketsOf({ state }: S3Server): string[] {
  return [...state.buckets.keys()];
}
