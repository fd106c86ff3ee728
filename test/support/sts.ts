import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { endServer, listenOnLoopback } from './loopback';

/** STS, as far as it says who somebody is. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export async function startSts() {
  const asked: { readonly body: string; readonly authorization: string | undefined }[] = [];
  const sts = {
    asked,
    endpoint: '',
    answer: (response: ServerResponse) => void response.end(answerOf('111122223333')),
    close: () => {
      endServer(server);
    },
  };
  const server = createServer(async (request: IncomingMessage, response) => {
    asked.push({ body: await text(request), authorization: request.headers.authorization });
    sts.answer(response);
  });
  sts.endpoint = await listenOnLoopback(server);
  return sts;
}

export function answerOf(account: string): string {
  const result = `<Arn>arn:aws:iam::${account}:user/a</Arn><UserId>AIDA</UserId><Account>${account}</Account>`;
  return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${result}</GetCallerIdentityResult></GetCallerIdentityResponse>`;
}
