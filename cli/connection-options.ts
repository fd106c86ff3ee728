import type { Command } from 'commander';
import { STACK } from './deployed-program';

/** Options of one side override those of both sides. */
export function addSideOptions(command: Command, sides: readonly ('source' | 'destination')[]): Command {
  command.optionsGroup(sides.length > 1 ? 'If the two sides are in different places:' : 'Where it is:');
  for (const side of sides) {
    command
      .option(`--${side}-profile <name>`, `profile only for the ${side}`)
      .option(`--${side}-endpoint-url <url>`, `S3 endpoint only for the ${side}; "aws" means AWS itself`)
      .option(`--${side}-region <name>`, `region only for the ${side}`)
      .option(`--${side}-addressing-style <style>`, `where requests name the bucket, only for the ${side}`);
  }
  return command;
}

/** Where a run is looked for that is not on this machine. */
export function addElsewhereOptions(command: Command, heading = 'If it ran in AWS:'): Command {
  return command
    .optionsGroup(heading)
    .option('--stack <name>', STACK)
    .option('--state-machine <arn>', 'the state machine, if the stack has several');
}

export function addConnectionOptions(command: Command): Command {
  return command
    .optionsGroup('Where it runs:')
    .option('--endpoint-url <url>', 'S3 endpoint, if it is not AWS (default: AWS_ENDPOINT_URL_S3)')
    .option(
      '--addressing-style <style>',
      'where requests name the bucket: path, virtual (in the host) or auto (default: s3.addressing_style of the profile, otherwise auto)',
    )
    .option('--profile <name>', 'profile of the AWS configuration (default: AWS_PROFILE)')
    .option('--region <name>', 'region (default: AWS_REGION)')
    .option('--report-location <place>', 'folder or s3://bucket for reports (default: ~/.bucketsync)')
    .optionsGroup('Output:')
    .option('--json', 'print only the result, as one JSON document');
}
