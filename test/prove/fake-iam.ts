import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type RequestInfo, type S3Server, TEST_CREDENTIALS } from '../../local/s3';
import { listNeeds } from '../permissions/s3-needs';
import { LoopbackServer } from '../support/loopback';

interface Statement {
  readonly Effect: string;
  readonly Action: string;
}

/** As much of STS and IAM as a proof asks for, and what session policies deny at the embedded S3. */
export class FakeIam extends LoopbackServer {
  readonly roles = new Map<string, Set<string>>();
  /** How many more times AssumeRole does not know the role yet. */
  notYet = 0;
  readonly #denied = new Map<string, readonly string[]>();

  constructor(private readonly s3: S3Server) {
    super();
  }

  static async start(s3: S3Server): Promise<FakeIam> {
    const iam = await new FakeIam(s3).listen();
    s3.authorize = (request) => iam.#authorize(s3, request);
    return iam;
  }

  protected override async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#answer(new URLSearchParams(await text(request)), response);
  }

  async #authorize(s3: S3Server, request: RequestInfo): Promise<boolean> {
    const [, accessKey = ''] = /Credential=([^/]+)/.exec(request.headers.authorization ?? '') ?? [];
    const denied = this.#denied.get(accessKey);
    if (!denied) return true;
    return (await listNeeds(s3, request)).every(({ action }) => !denied.includes(action));
  }

  #answer(form: URLSearchParams, response: ServerResponse): unknown {
    const action = form.get('Action') ?? '';
    const role = form.get('RoleName') ?? '';
    const reply = (content = ''): void => {
      response.end(`<${action}Response>${content}</${action}Response>`);
    };
    if (action === 'GetCallerIdentity') return reply('<Account>123456789012</Account>');
    if (action === 'AssumeRole') {
      if (this.notYet-- > 0) return refuse(response, 403, 'AccessDenied');
      return reply(this.#assume(form.get('Policy') ?? '{}'));
    }
    if (action === 'CreateRole') {
      this.roles.set(role, new Set());
      return reply(`<Arn>arn:aws:iam::123456789012:role/${role}</Arn>`);
    }
    const policies = this.roles.get(role);
    if (!policies) return refuse(response, 404, 'NoSuchEntity');
    if (action === 'PutRolePolicy') policies.add(form.get('PolicyName') ?? '');
    if (action === 'DeleteRolePolicy') policies.delete(form.get('PolicyName') ?? '');
    if (action === 'DeleteRole') {
      if (policies.size > 0) return refuse(response, 409, 'DeleteConflict');
      this.roles.delete(role);
    }
    const members = [...policies].map((name) => `<member>${name}</member>`);
    return reply(members.join(''));
  }

  #assume(policy: string): string {
    const { Statement } = JSON.parse(policy) as { Statement: readonly Statement[] };
    const accessKey = `ASIA${this.#denied.size}`;
    this.#denied.set(
      accessKey,
      Statement.filter(({ Effect }) => Effect === 'Deny').map(({ Action }) => Action),
    );
    const known = this.s3.credentials === 'any' ? [TEST_CREDENTIALS] : this.s3.credentials;
    this.s3.credentials = [...known, { accessKeyId: accessKey, secretAccessKey: 's', sessionToken: 't' }];
    return `<AccessKeyId>${accessKey}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>`;
  }
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.statusCode = status;
  response.end(`<ErrorResponse><Error><Code>${code}</Code><Message>${code}</Message></Error></ErrorResponse>`);
}
