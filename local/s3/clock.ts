import type { Headers } from './checksums';
import { S3Error } from './errors';

const MOST_MS = 15 * 60 * 1000;
const BASIC_FORMAT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/**
 * A request is signed by its sender's clock, which must be close to this machine's clock. A server with its own clock may
 * show that clock in the `Date` of its answers, so it also accepts requests that are signed by that clock.
 *
 * @throws S3Error RequestTimeTooSkewed
 */
export function checkClock({ 'x-amz-date': signedAt = '' }: Headers, now: Date): void {
  if (!BASIC_FORMAT.test(signedAt)) return;
  const time = Date.parse(signedAt.replace(BASIC_FORMAT, '$1-$2-$3T$4:$5:$6Z'));
  if ([Date.now(), now.getTime()].some((clock) => Math.abs(time - clock) <= MOST_MS)) return;
  throw new S3Error(
    403,
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
    {
      RequestTime: signedAt,
      ServerTime: new Date().toISOString(),
      MaxAllowedSkewMilliseconds: String(MOST_MS),
    },
  );
}
