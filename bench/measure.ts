import { runLocally } from '../local/run-locally';

/** What one run took. The embedded S3 is another process, so its time and memory are not in it. */
export interface Measurement {
  readonly status: 'succeeded' | 'failed';
  readonly wallMs: number;
  readonly listed: number;
  /** The most memory that the run's process held at any time, worker threads included. */
  readonly peakRssBytes: number;
}

async function measure(): Promise<void> {
  const startedAt = performance.now();
  const summary = await runLocally({ source: 'source', destination: 'destination' }, { env: process.env });
  const measurement: Measurement = {
    status: summary.status,
    wallMs: performance.now() - startedAt,
    listed: summary.totals.listed,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
  process.send?.(measurement);
  process.disconnect();
}

if (require.main === module) void measure();
