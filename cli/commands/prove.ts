import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ProveOptions } from '../../prove/prove';
import type { StageOptions } from '../../prove/stage-options';
import { InvalidInputError } from '../../statemachine/errors';
import { adoptEnvironment, type EnvironmentOptions, runEnvironment } from '../input/run-environment';
import { abortOnStopSignals } from '../input/stop-signals';
import { print, printJson, printNote } from '../output/output';
import { ask, describeCleaned, describeFinding, describeIntent, describeProof } from '../output/prove-text';

export interface ProveCommandOptions extends Omit<EnvironmentOptions, 'reportLocation'>, StageOptions {
  readonly yes?: boolean;
  readonly clean?: boolean;
  readonly stages?: string;
  readonly maxUsd: number;
  readonly record?: string;
  readonly output: string;
  readonly journal?: string;
  readonly json?: boolean;
}

const ALL_STAGES = 'ABCDEFGH';
const COULD_NOT_RUN = 2;

/** `bucketsync prove`: tests in the user's own account what bucketsync assumes about AWS. @returns the exit code */
export async function proveCommand(options: ProveCommandOptions): Promise<number> {
  const stages = readStages(options);
  const env = await runEnvironment(process.env, options);
  adoptEnvironment(env);
  const place = {
    region: env.AWS_REGION ?? (await regionOfProfile()),
    endpoint: env.AWS_ENDPOINT_URL_S3,
    journalFolder: resolve(options.journal ?? join(homedir(), '.bucketsync', 'prove')),
  };
  if (options.clean) return clean(place, options);
  requireConsent(options);
  const { prove, exitCodeOf } = await import('../../prove/prove');
  const { signal, release } = abortOnStopSignals(() => printNote('\nStopping, and cleaning up.\n'));
  const { record, output, ...chosen } = options;
  const proof = await prove(
    {
      ...chosen,
      ...place,
      stages,
      resultFile: resolve(output),
      ...(record !== undefined && { recordFolder: resolve(record) }),
      signal,
    },
    {
      allow: async (intent) => {
        printNote(`${describeIntent(intent)}\n`);
        return options.yes === true || (await ask('Begin? [y/N] ', signal));
      },
      onFinding: (finding) => {
        if (!options.json && process.stderr.isTTY) printNote(`${describeFinding(finding)}\n`);
      },
    },
  ).finally(release);
  if (!proof) return COULD_NOT_RUN;
  if (options.json) printJson(proof);
  else print(`${describeProof(proof, output)}\n`);
  return exitCodeOf(proof);
}

type CleaningPlace = Pick<ProveOptions, 'journalFolder' | 'region' | 'endpoint'>;

/** Deletes what earlier runs of `prove` have left. @returns the exit code */
async function clean(place: CleaningPlace, { json }: ProveCommandOptions): Promise<number> {
  const { cleanAll } = await import('../../prove/prove');
  const cleaned = await cleanAll(place);
  if (json) printJson({ cleaned });
  else print(`${describeCleaned(cleaned, place.journalFolder)}\n`);
  const isClean = cleaned.every(({ leftovers, skipped }) => leftovers.length === 0 && skipped === undefined);
  return isClean ? 0 : COULD_NOT_RUN;
}

/** The command creates buckets in the user's account, so it must not begin by accident. */
function requireConsent({ yes }: ProveCommandOptions): void {
  if (yes || (process.stdin.isTTY && process.stderr.isTTY)) return;
  throw new InvalidInputError('Expected a terminal to ask whether to begin: without a terminal, add --yes');
}

/** `A-E`, `B` or `A,C-D`. */
function readStages({ stages, ...options }: ProveCommandOptions): ReadonlySet<StageLetter> | undefined {
  if (stages === undefined) return undefined;
  const chosen = stages
    .toUpperCase()
    .split(',')
    .flatMap((part) => lettersOf(part.trim(), stages));
  if (chosen.includes('F') && !options.iam)
    throw new InvalidInputError('Expected --iam with stage F, which creates a role');
  if (chosen.includes('G') && !options.deploy)
    throw new InvalidInputError('Expected --deploy with stage G, which deploys a stack');
  return new Set(chosen);
}

type StageLetter = 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H';

function lettersOf(part: string, stages: string): StageLetter[] {
  const [, first = '', last = first] = /^([A-H])(?:-([A-H]))?$/.exec(part) ?? [];
  const [from, to] = [ALL_STAGES.indexOf(first), ALL_STAGES.indexOf(last)];
  if (first === '' || from > to)
    throw new InvalidInputError(`Expected --stages to be letters from A to H such as A-E or A,C-D, got "${stages}"`);
  return [...ALL_STAGES.slice(from, to + 1)] as StageLetter[];
}

async function regionOfProfile(): Promise<string> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  return new S3Client({}).config.region().catch((cause: unknown) => {
    throw new InvalidInputError('Expected a region: add --region, or set AWS_REGION', { cause });
  });
}
