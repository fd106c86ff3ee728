import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { S3Destination } from '../../lambdas/aws/s3-destination';
import { emptyCounters } from '../../statemachine/contract';
import { past, useMirror } from '../support/mirror';
import { reportLines } from '../support/report-lines';

const mirror = useMirror();

const awkward = [
  '\n',
  ' ',
  ' \n ',
  '\r',
  '\r\n',
  '\t',
  'a ',
  ' a',
  'a\nb',
  'a&amp;b',
  '<Key>',
  '+',
  '%0A',
  '\u0085',
  '\u2028',
];

it('tells which keys S3 refused to delete, whatever characters they have', async () => {
  // Given orphans of which every second and third changes at the last moment
  const { source, destination, input } = mirror.createPair();
  source.put('kept', 'x', { lastModified: past });
  const changing = awkward.flatMap((key) => [key, `more ${key}`]);
  for (const key of [...changing, ...awkward.map((plain) => `still ${plain}`)]) destination.put(key, 'x');
  mirror.s3.onRequest = ({ operation, key }) => {
    if (operation.startsWith('DeleteObject') && !key?.includes('probe'))
      for (const key of changing) destination.put(key, 'changed');
    return undefined;
  };

  // When
  const summary = await mirror.run({ ...input, conditional: true });

  // Then
  expect(summary.totals).toMatchObject({ deleted: awkward.length, failed: changing.length });
  expect(
    reportLines(summary, 'failures')
      .map(({ key }) => key)
      .sort(),
  ).toEqual(changing.sort());
});

it.each(['\u0001/', '\uffff/', 'plain/'])(
  'deletes orphans below a prefix that XML may not carry: %j',
  async (prefix) => {
    const { source, destination } = mirror.createPair();
    source.put('kept', 'x', { lastModified: past });
    for (const key of ['a', 'b', '\u0002']) destination.put(`${prefix}${key}`, 'x');

    const summary = await mirror.run({
      source: source.name,
      destination: destination.name,
      destinationPrefix: prefix,
    });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 3, copied: 1, failed: 0 } });
    expect([...destination.index.after('')].map(({ key }) => key)).toEqual([`${prefix}kept`]);
  },
);

it('takes nothing for deleted where S3 refuses a key that it was not asked for', async () => {
  const s3 = createServer((request, response) => {
    request.resume();
    response.end('<DeleteResult><Error><Key>another</Key><Code>AccessDenied</Code></Error></DeleteResult>');
  }).listen(0, '127.0.0.1');
  await once(s3, 'listening');
  const { port } = s3.address() as AddressInfo;
  const client = new S3Client({ endpoint: `http://127.0.0.1:${port}`, forcePathStyle: true, region: 'us-east-1' });
  const observer = { counters: emptyCounters().requests, onSlowDown() {} };
  const side = { client, bucket: 'b', prefix: '', owner: undefined, pageSize: 1000, observer };
  const destination = new S3Destination(side, { bucket: 'a', prefix: '', owner: undefined }, {});

  await expect(destination.deleteObjects([{ key: 'a' }, { key: 'b' }])).rejects.toMatchObject({
    name: 'StoreError',
    reason: 'access-denied',
    message: expect.stringContaining('"another"'),
  });

  client.destroy();
  s3.closeAllConnections();
  s3.close();
});
