import { type Command, InvalidArgumentError, Option } from 'commander';

/** `bucketsync prove`, with what it may be asked to do besides. */
export function addProveCommand(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('prove')
    .summary('try out on your account what bucketsync takes for granted')
    .description(
      'Tries out in your own account what bucketsync takes for granted about AWS, with buckets of its own that it makes and removes. ' +
        'It asks before it begins.',
    )
    .option('--yes', 'begin without asking')
    .option('--clean', 'remove what a proof that was killed has left, and do nothing else')
    .option('--stages <letters>', 'only these, such as A-E or A,C-D (default: all that the other options allow)')
    .addOption(new Option('--max-usd <amount>', 'stop before more is spent').argParser(readAmount).default(1))
    .optionsGroup('More stages:')
    .option('--iam', 'F: which right is missed how; makes one role')
    .option('--deploy', 'G: deploys the demo stack, runs it, and destroys it; takes 20 minutes')
    .option('--second-region <name>', 'H: copies across Regions')
    .option('--large', 'H: copies an object of 5 GB')
    .option('--kms', 'H: copies under a KMS key, which is scheduled for deletion afterwards')
    .option('--load', 'H: makes 20,000 copies as fast as S3 takes them')
    .optionsGroup('Where it runs:')
    .option('--endpoint-url <url>', 'S3 endpoint, if it is not AWS (default: AWS_ENDPOINT_URL_S3)')
    .option('--profile <name>', 'profile of the AWS configuration (default: AWS_PROFILE)')
    .option('--region <name>', 'region (default: AWS_REGION)')
    .option('--journal <folder>', 'where it notes what it makes (default: ~/.bucketsync/prove)')
    .optionsGroup('Output:')
    .option('--output <file>', 'every assumption, with what was expected and observed', 'prove.json')
    .option('--record <folder>', 'keep the answers as fixtures, without account ids and signatures')
    .option('--json', 'print the outcome as one JSON document, and nothing else')
    .addHelpText(
      'after',
      '\nExit codes: 0 all is as assumed, 1 there is a difference, 2 it could not run, or not all of it.',
    )
    .action(async (options) => finish(await (await import('./commands/prove')).proveCommand(options)));
}

function readAmount(text: string): number {
  const amount = Number(text);
  if (text.trim() === '' || !Number.isFinite(amount) || amount <= 0)
    throw new InvalidArgumentError('Expected an amount of US dollars of more than 0.');
  return amount;
}
