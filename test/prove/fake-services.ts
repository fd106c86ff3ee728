import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { S3Server } from '../../local/s3';
import { LoopbackServer } from '../support/loopback';

const VARIABLES = ['LAMBDA', 'SERVICE_QUOTAS', 'SQS', 'KMS'].map((service) => `AWS_ENDPOINT_URL_${service}`);

interface Key {
  readonly KeyId: string;
  readonly Description: string;
  KeyState: 'Enabled' | 'Disabled' | 'PendingDeletion';
}

/** As much of Lambda, Service Quotas, SQS and KMS as a proof asks for. */
export class FakeServices extends LoopbackServer {
  readonly keys: Key[] = [];
  /** What waits in each queue, by its URL. */
  readonly queues = new Map<string, string[]>();

  /** Started, and named by the variables of the AWS tools until it stops. */
  static async start(): Promise<FakeServices> {
    const services = await new FakeServices().listen();
    for (const variable of VARIABLES) process.env[variable] = services.endpoint;
    return services;
  }

  override stop(): void {
    for (const variable of VARIABLES) delete process.env[variable];
    super.stop();
  }

  protected override async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, target = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    this.#answer(target || (request.url ?? ''), JSON.parse((await text(request)) || '{}'), response);
  }

  /** Has an S3 refuse copies under a key that is disabled, as S3 does. */
  guard(s3: S3Server): void {
    s3.onRequest = ({ operation, headers }) => {
      const keyId = String(headers['x-amz-server-side-encryption-aws-kms-key-id'] ?? '');
      const key = this.keys.find(({ KeyId }) => keyId.endsWith(KeyId));
      return operation === 'CopyObject' && key?.KeyState === 'Disabled'
        ? { status: 400, code: 'KMS.DisabledException' }
        : undefined;
    };
  }

  #answer(operation: string, input: Record<string, string>, response: ServerResponse): void {
    const answer = this.#operations[operation]?.(input);
    response.statusCode = answer === undefined ? 400 : 200;
    response.end(JSON.stringify(answer ?? { __type: 'UnknownOperationException', message: operation }));
  }

  readonly #operations: Readonly<Record<string, (input: Record<string, string>) => object>> = {
    '/2016-08-19/account-settings/': () => ({ AccountLimit: { ConcurrentExecutions: 10 } }),
    ListServiceQuotas: ({ NextToken }) =>
      NextToken === undefined
        ? { Quotas: [{ QuotaName: 'Registered state machines', Value: 10_000 }], NextToken: '2' }
        : { Quotas: [{ QuotaName: 'StateTransition throttle token refill rate per second', Value: 800 }] },
    ReceiveMessage: ({ QueueUrl = '' }) => {
      const [body, ...others] = this.queues.get(QueueUrl) ?? [];
      this.queues.set(QueueUrl, others);
      return body === undefined ? {} : { Messages: [{ Body: body, ReceiptHandle: 'r' }] };
    },
    CreateKey: ({ Description = '' }) => {
      const key: Key = { KeyId: `key-${this.keys.length}`, Description, KeyState: 'Enabled' };
      this.keys.push(key);
      return { KeyMetadata: { ...key, Arn: arnOf(key) } };
    },
    ListKeys: () => ({ Keys: this.keys.map(({ KeyId }) => ({ KeyId })), Truncated: false }),
    DescribeKey: (input) => ({ KeyMetadata: this.#keyOf(input) }),
    DisableKey: (input) => this.#turn(input, 'Disabled'),
    ScheduleKeyDeletion: (input) => this.#turn(input, 'PendingDeletion'),
  };

  #turn(input: Record<string, string>, KeyState: Key['KeyState']): object {
    const key = this.#keyOf(input);
    if (key) key.KeyState = KeyState;
    return {};
  }

  #keyOf({ KeyId = '' }: Record<string, string>): Key | undefined {
    return this.keys.find((key) => KeyId === key.KeyId || KeyId === arnOf(key));
  }
}

function arnOf({ KeyId }: Key): string {
  return `arn:aws:kms:us-east-1:123456789012:key/${KeyId}`;
}
