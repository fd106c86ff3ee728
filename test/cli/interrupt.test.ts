import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Fault, type RequestInfo, type S3Server, startS3, toByteKey } from '../../local/s3';
import type { RunSummary } from '../../statemachine/contract';
import { everyNth } from '../support/length';
import { LOCK_KEY } from '../support/lock-object';
import { startSts } from '../support/sts';
import { temporaryFolder } from '../support/temporary-folder';
import { finished, startCli } from './command-line';

/** As shells know them. */
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

describe('Ctrl-C', () => {
  let s3: S3Server;
  beforeEach(async () => {
    s3 = await startS3();
    const source = s3.createBucket('my-source');
    for (let index = 0; index < 1500; index++) source.put(`${index}`, `content ${index}`);
    s3.createBucket('my-destination');
    s3.createBucket('my-reports');
  });
  afterEach(() => s3.close());

  it.each(everyNth(2, ['SIGINT', 'SIGTERM'] as const))(
    'ends the run cleanly and releases its lock: %s',
    async (signal) => {
      const args = ['run', 's3://my-source', 's3://my-destination', '--report-location', 's3://my-reports', '--json'];
      const child = startCli(s3, args);
      const stopped = stopAtFirstCopy(child, signal);

      const { exitCode, stdout } = await finished(child);

      await stopped;
      const summary = JSON.parse(stdout) as RunSummary;
      expect(summary).toMatchObject({ status: 'failed', error: { name: 'InterruptedError' } });
      expect(exitCode).toBe(CODES[signal]);
      expect(summary.totals.copied).toBe(s3.bucket('my-destination').index.size);
      expect(summary.totals.copied).toBeLessThan(1500);
      expect(s3.requests.of('PutObject')).toBeGreaterThan(0); // the lock, among others
      expect(keysOf('my-reports').filter((key) => key.startsWith('locks/'))).toEqual([]);

      s3.onRequest = undefined;
      const again = await finished(startCli(s3, args));
      expect(JSON.parse(again.stdout)).toMatchObject({ status: 'succeeded' });
      expect(s3.bucket('my-destination').index.size).toBe(1500);
    },
  );

  const unanswered: [
    signal: keyof typeof CODES,
    where: string,
    isMeant: (request: RequestInfo) => boolean,
    fault: Fault,
  ][] = [
    ['SIGINT', 'the buckets are looked for', ({ operation }) => operation === 'HeadBucket', 'stall'],
    ['SIGTERM', 'the reports are looked at', ({ bucket }) => bucket === 'my-reports', { endless: ' ', pauseMs: 5 }],
    ['SIGINT', 'permissions are tried', ({ operation }) => operation === 'GetBucketWebsite', { after: 'stall' }],
    ['SIGTERM', 'the lock is taken', ({ key }) => key === LOCK_KEY, { after: 'stall' }],
  ];
  it.each(everyNth(2, unanswered, 1))(
    'ends at once if the run has not begun, whichever request has no answer: %s while %s',
    async (signal, _where, isMeant, fault) => {
      let met = 0;
      s3.onRequest = (request) => {
        if (met > 0 || !isMeant(request)) return undefined;
        met += 1;
        child.kill(signal);
        return fault;
      };
      const args = ['run', 's3://my-source', 's3://my-destination', '--report-location', 's3://my-reports', '--json'];
      const child = startCli(s3, args);

      const { exitCode, stdout } = await finished(child);

      expect(met).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({
        status: 'failed',
        wrote: false,
        error: { name: 'InterruptedError', message: 'The run was stopped before it began; nothing was written' },
      });
      expect(exitCode).toBe(CODES[signal]);
      expect(keysOf('my-destination')).toEqual([]);
    },
  );

  it('ends at once if the run waits for credentials', async () => {
    const sts = await startSts();
    const folder = temporaryFolder();
    const config = join(folder, 'config');
    writeFileSync(
      config,
      '[profile keys]\naws_access_key_id = test\naws_secret_access_key = test\n' +
        '[profile role]\nrole_arn = arn:aws:iam::111122223333:role/mirror\nsource_profile = keys\nregion = us-east-1\n',
    );
    const child = startCli(s3, ['run', 's3://my-source', 's3://my-destination', '--json'], {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_PROFILE: 'role',
      AWS_CONFIG_FILE: config,
      AWS_ENDPOINT_URL_STS: sts.endpoint,
    });
    sts.answer = () => void child.kill('SIGINT');

    const { exitCode, stdout } = await finished(child);

    sts.close();
    expect(JSON.parse(stdout)).toMatchObject({ error: { name: 'InterruptedError' } });
    expect(exitCode).toBe(CODES.SIGINT);
  });

  it('says what happens now, and how to stop at once', async () => {
    const child = startCli(s3, ['run', 's3://my-source', 's3://my-destination']);
    const stopped = stopAtFirstCopy(child, 'SIGINT');

    const { stdout, stderr } = await finished(child);

    await stopped;
    expect(stderr).toContain('Stopping: the run finishes what it has begun, and gives its lock back.');
    expect(stderr).toContain('To stop at once, press Ctrl-C again.');
    expect(stdout).toContain('InterruptedError: ');
    expect(stdout).toContain('What to do: Run the same again to continue');
  });

  it.each(everyNth(2, ['SIGINT', 'SIGTERM'] as const))(
    'a second time stops at once, and says what is left and how to go on: %s',
    async (signal) => {
      const copying = Promise.withResolvers<void>();
      s3.onRequest = ({ operation }) => {
        if (operation !== 'CopyObject') return undefined;
        copying.resolve();
        return new Promise(() => {}); // never answered, so there is no clean end
      };
      const args = [
        'run',
        's3://my-source',
        's3://my-destination',
        '--exclude',
        '*.tmp',
        '--report-location',
        's3://my-reports',
      ];
      const child = startCli(s3, args);
      const result = finished(child);
      await copying.promise;

      while (child.exitCode === null) {
        child.kill(signal);
        await setTimeout(50);
      }

      const { exitCode, stdout, stderr } = await result;
      expect({ exitCode, stdout }).toEqual({ exitCode: CODES[signal], stdout: '' });
      const [, id] = /Stopped run ([\da-f]{8}) at once/.exec(stderr) ?? [];
      expect(stderr.slice(stderr.indexOf('Stopped'))).toBe(
        [
          `Stopped run ${id} at once.`,
          'It has left its lock, which the next run takes over.',
          'To go on, run the same again. Copied objects are not copied twice:',
          "  bucketsync run s3://my-source s3://my-destination --exclude '*.tmp' --report-location s3://my-reports",
          'To remove only the lock:',
          '  bucketsync unlock s3://my-destination --report-location s3://my-reports',
          '',
        ].join('\n'),
      );
      const unlocked = await finished(
        startCli(s3, ['unlock', 's3://my-destination', '--report-location', 's3://my-reports']),
      );
      expect(unlocked).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Removed from') });
    },
  );

  function keysOf(bucket: string): string[] {
    return [...s3.bucket(bucket).index.after(toByteKey(''))].map(({ key }) => key);
  }

  /** Sends the signal while the first copies wait for their answer, which they get once the signal has arrived. */
  async function stopAtFirstCopy(child: ReturnType<typeof startCli>, signal: NodeJS.Signals): Promise<void> {
    const released = Promise.withResolvers<void>();
    let copies = 0;
    s3.onRequest = async ({ operation }) => {
      if (operation !== 'CopyObject') return undefined;
      copies += 1;
      if (copies === 1) child.kill(signal);
      await released.promise;
      return undefined;
    };
    await once(child.stderr, 'data');
    released.resolve();
  }
});
