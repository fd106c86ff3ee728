import { regionOfArn } from '../../../statemachine/partition';
import { sharedCredentials } from '../../s3/credentials/credentials';
import { requestHandler } from '../../s3/network/request-handler';

/** One more than the first: an answer may get lost, and a message or an event that comes twice has one id. */
const ATTEMPTS = 2;

/** Settings of the client for a topic or a bus, which may be in another Region. */
export function clientSettings(arn: string) {
  return { region: regionOfArn(arn), maxAttempts: ATTEMPTS, ...sharedCredentials(), requestHandler: requestHandler() };
}
