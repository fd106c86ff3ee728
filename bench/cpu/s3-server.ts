import { type S3Server, startS3 } from '../../local/s3';
import { answerParent } from '../frame/child';
import { CASES, DESTINATION, SOURCE } from '../peers/cases';

/** Asks for two buckets that hold the same objects; answered by the endpoint. */
export interface Fill {
  readonly objects: number;
}

async function serve({ objects }: Fill): Promise<Pick<S3Server, 'endpoint'>> {
  const server = await startS3({ credentials: 'any' });
  const [source, destination] = [server.createBucket(SOURCE), server.createBucket(DESTINATION)];
  for (let index = 0; index < objects; index++) CASES.unchanged.fill(index, source, destination);
  return { endpoint: server.endpoint };
}

answerParent(serve);
