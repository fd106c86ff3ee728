import { setTimeout as delay } from 'node:timers/promises';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { type Server, startServer } from '../e2e/servers';
import { connect } from '../support/s3-client';
import type { OtherServer } from './catalogue';

const ATTEMPTS = 300;

/** Starts a server, and waits until it knows its buckets: some listen before they are ready. */
export async function startOther(kind: OtherServer): Promise<Server> {
  const server = await startServer(kind);
  const s3 = connect(server.endpoint, kind.secret);
  for (let attempt = 1; ; attempt++) {
    try {
      await s3.send(new ListBucketsCommand({}));
      return server;
    } catch (error) {
      if (attempt === ATTEMPTS) {
        await server.stop();
        throw error;
      }
      await delay(200);
    }
  }
}
