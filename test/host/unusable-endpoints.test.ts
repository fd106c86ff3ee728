import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findRegion } from '../../lambdas/host/find-region';
import { FAILED_ATTEMPTS } from '../../lambdas/s3/client/failed-attempts';

let server: Server;
let answer: RequestListener;

beforeAll(async () => {
  server = createServer((request, response) => answer(request, response));
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
  });
});
beforeEach(() => {
  jest.spyOn(Math, 'random').mockReturnValue(0); // no wait between two attempts
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const find = () => findRegion('photos', undefined, '', undefined, 'source').catch((error: Error) => error);
const page = '<?xml version="1.0"?><!DOCTYPE html><html><body>Who are you?</body></html>';
const s3 = (code: string, message: string) => `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;

describe('an endpoint that fails every request', () => {
  it.each<[status: number, body: string, name: string, says: RegExp]>([
    [
      429,
      s3('TooManyRequests', 'Slow.'),
      'TooManyRequests',
      /photos: Slow\. \(HTTP 429\)\. .*too many requests, .*fewer/,
    ],
    [503, s3('SlowDown', 'Please.'), 'SlowDown', /photos: Please\. \(HTTP 503\)\. .*too many requests, .*fewer/],
    [503, page, 'SlowDown', /too many requests/],
    [500, s3('InternalError', 'We failed.'), 'InternalError', /photos: We failed\. \(HTTP 500\)\. .*Run it again once/],
    [502, page, 'BadGateway', /Run it again once it can/],
  ])('ends the run by what it said, and by what to do: %d %s', async (status, body, name, says) => {
    answer = (_request, response) => void response.writeHead(status).end(body);

    expect(await find()).toMatchObject({ name, message: expect.stringMatching(says) });
  });

  it('is told from one that does not run: it ends each connection', async () => {
    answer = (request) => void request.socket.destroy();

    expect(await find()).toMatchObject({
      name: 'EndpointError',
      message: expect.stringMatching(/photos: http:.*Make sure that the endpoint is right .*that its server runs/),
    });
  });

  it('is known by its last failure, and by their number, to who waits for it', async () => {
    const before = FAILED_ATTEMPTS.count;
    answer = (_request, response) => void response.writeHead(429).end(s3('SlowDown', 'Please.'));

    await find();

    expect(FAILED_ATTEMPTS.count - before).toBeGreaterThan(20);
    expect(FAILED_ATTEMPTS.last).toMatchObject({ name: 'SlowDown', advice: expect.stringContaining('too many') });
  });
});

describe('something else than S3', () => {
  it.each([401, 403, 404.5, 407, 418])(
    'is shown with what it says, and asks for no permission: %d with a web page',
    async (status) => {
      answer = ({ method }, response) =>
        // a server that knows no HEAD
        void response.writeHead(status === 404.5 && method === 'HEAD' ? 405 : Math.floor(status)).end(page);

      expect(await find()).toMatchObject({
        name: 'EndpointError',
        message: expect.stringMatching(/"Who are you\?".*answers instead of S3: make sure that the endpoint is right/),
      });
    },
  );

  it.each([301, 302, 307, 308])('is shown with the place to which it redirects: %d', async (status) => {
    answer = (_request, response) =>
      void response.writeHead(status, { location: 'https://s3.corp.example/photos?x=y' }).end();

    expect(await find()).toMatchObject({
      name: 'EndpointError',
      message: expect.stringContaining('It redirects to https://s3.corp.example: if that is the S3 endpoint, name it'),
    });
  });
});
