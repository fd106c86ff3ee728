import { HttpRequest, HttpResponse } from '@smithy/core/protocols';
import { bodyBytes, toExchange } from '../../prove/exchange';
import { classOf, Spending } from '../../prove/spending';

describe('an exchange', () => {
  it('has no signature, no token, and no credentials that an answer gives', () => {
    const request = new HttpRequest({
      method: 'GET',
      path: '/key',
      query: { 'X-Amz-Signature': 'abc123', versionId: 'v1' },
      headers: {
        Authorization: 'AWS4-HMAC-SHA256 Credential=AKIA',
        'x-amz-security-token': 'token123',
        range: 'bytes=0-1',
      },
    });
    const body = Buffer.from('<SecretAccessKey>secret123</SecretAccessKey><SessionToken>token123</SessionToken>');
    const exchange = toExchange(request, new HttpResponse({ statusCode: 200, headers: { 'set-cookie': 'a' }, body }));

    expect(JSON.stringify(exchange)).not.toMatch(/AKIA|abc123|token123|secret123|set-cookie/);
    expect(exchange).toMatchObject({
      path: '/key?X-Amz-Signature=removed&versionId=v1',
      headers: { range: 'bytes=0-1' },
    });
  });

  it.each([
    ['text', Buffer.from('<a>ü</a>')],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0])],
    ['a long run of bytes', Buffer.concat([Buffer.alloc(100_000, 1), Buffer.alloc(5, 2)])],
    ['nothing', Buffer.alloc(0)],
  ])('keeps %s', (_what, bytes) => {
    const { body } = toExchange(new HttpRequest({ method: 'PUT', path: '/', body: bytes }));

    expect(bodyBytes(body)).toEqual(bytes);
    expect(JSON.stringify(body).length).toBeLessThan(1_000);
  });
});

describe('the spending', () => {
  const put = new HttpRequest({ method: 'PUT', path: '/b/key' });

  it.each([
    ['write', put],
    ['write', new HttpRequest({ method: 'POST', path: '/b/key', query: { uploads: '' } })],
    ['write', new HttpRequest({ method: 'GET', path: '/b/', query: { 'list-type': '2' } })],
    ['read', new HttpRequest({ method: 'HEAD', path: '/b/key' })],
    ['read', new HttpRequest({ method: 'GET', path: '/b/key', query: { tagging: '' } })],
    ['archive', new HttpRequest({ method: 'PUT', path: '/b/key', headers: { 'x-amz-storage-class': 'GLACIER' } })],
    ['free', new HttpRequest({ method: 'DELETE', path: '/b/key' })],
  ])('counts as %s: %s', (expected, request) => {
    expect(classOf(request)).toBe(expected);
  });

  it('rejects the request that would exceed the ceiling, and every request after it', () => {
    const spending = new Spending(0.000_015);
    spending.addRequest(put, 0);
    spending.addRequest(put, 0);

    expect(() => spending.addRequest(put, 0)).toThrow('Expected to spend at most $0.000015');
    expect(() => spending.addRequest(new HttpRequest({ method: 'DELETE', path: '/b/key' }), 0)).toThrow();
    expect(spending.requests.write).toBe(2);
  });

  it('rejects nothing while it cleans up', () => {
    const spending = new Spending(0.000_001);
    spending.isCleaningUp = true;

    expect(() => spending.addRequest(put, 1024 ** 3)).not.toThrow();
  });

  it('counts storage and transfer', () => {
    const spending = new Spending(1);
    spending.addRequest(put, 1024 ** 3);
    spending.addAnswer(1024 ** 3);

    expect(spending.other.storage).toBeCloseTo(0.001_35, 5);
    expect(spending.other.transfer).toBeCloseTo(0.15, 5);
  });

  it('counts the highest possible cost of a run until the run has ended, at the prices of the most expensive Region', () => {
    const spending = new Spending(1);
    spending.add('runs', 0.1);
    expect(() => spending.add('runs', 0.95)).toThrow('Expected to spend at most $1');
    const settled = new Spending(1);
    settled.add('runs', 0.1);
    settled.settleRun('runs', 0.1, 0.02);
    settled.add('runs', 0.1);
    settled.settleRun('runs', 0.1, undefined);

    expect(settled.usd).toBeCloseTo(0.04 + 0.1, 6);
  });
});
