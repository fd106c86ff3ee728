import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bucket } from '../../../local/s3';
import type { SyncRequest } from '../../../statemachine/contract';
import { type MirrorOptions, past } from '../../support/any-mirror';
import { type MemoryMirror, useMemoryMirror } from '../../support/memory-mirror';
import { type CloudFrontOfSuite, DISTRIBUTION, useCloudFront } from '../../support/use-cloudfront';

export const invalidate = { distribution: DISTRIBUTION };

/** What a run has to tell of the site: its replaced objects, and those that it deletes. */
export const CHANGED = ['/', '/app.css', '/docs/', '/docs/index.html', '/index.html'];
export const DELETED = ['/gone/old.css', '/gone/old.html'];
/** All of them, in the order of an invalidation. */
export const ALL = [...CHANGED, ...DELETED].sort();

/** Runs of a mirror behind a CloudFront. */
export class SiteRuns {
  constructor(
    readonly mirror: MemoryMirror,
    readonly cloudFront: CloudFrontOfSuite,
  ) {}

  /** A site of which a run changes, adds and deletes pages and assets. */
  createSite(options: Parameters<MemoryMirror['createPair']>[0] = {}) {
    const pair = this.mirror.createPair(options);
    put(pair.source, {
      'index.html': 'new',
      'docs/index.html': 'new',
      'new.html': 'new',
      'app.css': 'new',
      'same.js': '',
    });
    put(pair.destination, { 'index.html': '', 'docs/index.html': '', 'app.css': '', 'same.js': '' });
    put(pair.destination, { 'gone/old.html': '', 'gone/old.css': '' });
    const { invalidator } = this.cloudFront;
    const run = (request: Partial<SyncRequest> = {}, { host, ...more }: MirrorOptions = {}) =>
      this.mirror.run({ ...pair.input, invalidate, ...request }, { ...more, host: { invalidator, ...host } });
    return { ...pair, run };
  }

  /** The first attempt of each such Task is carried out, but its report and its result are lost. */
  losingFirstAttempt(name: string, ofPhase: string, afterwards = () => {}): MirrorOptions {
    let isLost = false;
    return {
      around: async (task, input, invoke) => {
        const { phase, run } = input as { phase?: { name: string }; run?: { id: string } };
        const isFirst = !isLost && task === name && phase?.name === ofPhase;
        const result = await invoke();
        if (!isFirst) return result;
        isLost = true;
        this.loseReport(run?.id, ofPhase);
        afterwards();
        return invoke();
      },
    };
  }

  /** Removes the lines of a phase of a run. */
  loseReport(runId: string | undefined, ofPhase: string): void {
    const folder = join(this.mirror.runsFolder, 'runs', runId ?? '', 'actions');
    for (const file of readdirSync(folder)) if (file.startsWith(`${ofPhase}-`)) rmSync(join(folder, file));
  }
}

export function useSiteRuns(): SiteRuns {
  return new SiteRuns(useMemoryMirror(), useCloudFront());
}

export function put(bucket: Bucket, objects: Readonly<Record<string, string>>): void {
  for (const [key, text] of Object.entries(objects)) bucket.put(key, text, { lastModified: past });
}
