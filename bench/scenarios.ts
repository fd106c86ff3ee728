import { type Bucket, bytesBody, type S3State } from '../local/s3';

export interface SeedOptions {
  readonly scenario: string;
  readonly objects: number;
}

const MADE = { lastModified: new Date('2025-01-01') };
const MIRRORED = { lastModified: new Date('2025-02-01') };

type Put = (bucket: Bucket, index: number, content: string, attributes: typeof MADE) => void;

/** What the two buckets hold before the run; `put` writes the object of that index. */
export const SCENARIOS: Readonly<
  Record<string, { title: string; fill(index: number, put: Put, source: Bucket, destination: Bucket): void }>
> = {
  unchanged: {
    title: 'nothing has changed',
    fill(index, put, source, destination) {
      put(source, index, 'content', MADE);
      put(destination, index, 'content', MIRRORED);
    },
  },
  new: {
    title: 'the destination is empty',
    fill(index, put, source) {
      put(source, index, 'content', MADE);
    },
  },
  changed: {
    title: '10 % have changed',
    fill(index, put, source, destination) {
      put(source, index, 'content', MADE);
      put(destination, index, index % 10 === 0 ? 'outdated' : 'content', MIRRORED);
    },
  },
  orphans: {
    title: 'half of the destination are orphans',
    fill(index, put, source, destination) {
      if (index % 2 === 0) put(source, index, 'content', MADE);
      put(destination, index, 'content', MIRRORED);
    },
  },
};

/** Fills `source` and `destination` with small objects, 100 in a folder. */
export function seed(state: S3State, options: SeedOptions): void {
  const [source, destination] = [state.createBucket('source'), state.createBucket('destination')];
  const bodies = new Map(['content', 'outdated'].map((text) => [text, bytesBody(Buffer.from(text.repeat(100)))]));
  const put: Put = (bucket, index, content, attributes) => {
    const folder = String(Math.floor(index / 100)).padStart(6, '0');
    bucket.put(`folder-${folder}/object-${String(index).padStart(9, '0')}.html`, bodies.get(content), attributes);
  };
  for (let index = 0; index < options.objects; index++) {
    SCENARIOS[options.scenario]?.fill(index, put, source, destination);
  }
}
