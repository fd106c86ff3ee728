import { type Command, InvalidArgumentError, Option } from 'commander';
import { exitCodes } from './help/exit-codes';

/** `bucketsync prove` and its options. */
export function addProveCommand(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('prove')
    .summary('test in your account what bucketsync assumes about AWS')
    .description(
      'Tests in your own account what bucketsync assumes about AWS. It creates its own buckets and removes them. ' +
        'It asks before it begins.',
    )
    .option('--yes', 'begin without asking')
    .option('--clean', 'only remove what a killed proof left behind')
    .option('--stages <letters>', 'only these stages, such as A-E or A,C-D (default: all that the other options allow)')
    .addOption(new Option('--max-usd <amount>', 'stop before the cost exceeds this').argParser(readAmount).default(1))
    .optionsGroup('More stages:')
    .option('--iam', 'F: tests how each missing permission shows; creates one role')
    .option('--deploy', 'G: deploys the demo stack, runs it, and destroys it; takes 20 minutes')
    .option('--second-region <name>', 'H: copies across Regions')
    .option('--large', 'H: copies an object of 5 GB')
    .option('--kms', 'H: copies with a KMS key, and then schedules the key for deletion')
    .option('--load', 'H: makes 20,000 copies as fast as S3 accepts them')
    .optionsGroup('Where it runs:')
    .option('--endpoint-url <url>', 'S3 endpoint, if it is not AWS (default: AWS_ENDPOINT_URL_S3)')
    .option('--profile <name>', 'profile of the AWS configuration (default: AWS_PROFILE)')
    .option('--region <name>', 'region (default: AWS_REGION)')
    .option('--journal <folder>', 'where it records what it creates (default: ~/.bucketsync/prove)')
    .optionsGroup('Output:')
    .option('--output <file>', 'file with every assumption, expected and observed', 'prove.json')
    .option('--record <folder>', 'keep the answers as fixtures, without account ids and signatures')
    .option('--json', 'print only the result, as one JSON document')
    .addHelpText(
      'after',
      exitCodes('0 all is as assumed, 1 there is a difference, 2 it could not run, or not completely'),
    )
    .action(async (options) => finish(await (await import('./commands/prove')).proveCommand(options)));
}

function readAmount(text: string): number {
  const amount = Number(text);
  if (text.trim() === '' || !Number.isFinite(amount) || amount <= 0)
    throw new InvalidArgumentError('Expected an amount of US dollars above 0.');
  return amount;
}
