import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAwsEndpoint } from '../statemachine/aws-endpoint';
import type { Exchange } from './exchange';
import type { Place } from './journal';
import { Placeholders } from './placeholders';
import type { StageId } from './stage-options';

export type FixtureExchange = { readonly assumption: string } & ReturnType<Placeholders['hide']>;

/** The exchanges of a stage in their order, with those that set it up. */
export interface Fixture {
  /** `AWS, eu-central-1`, or which other server. */
  readonly recordedFrom: string;
  readonly region: string;
  readonly stage: StageId;
  readonly exchanges: readonly FixtureExchange[];
}

export interface Recorded {
  readonly stage: StageId;
  readonly assumption: string;
  readonly exchanges: readonly Exchange[];
}

/** The host id that the embedded S3 answers with. */
const EMBEDDED = Buffer.from('bucketsync embedded S3').toString('base64');

/** Writes a file for each stage. A server can be compared with it without the account that it was recorded in. */
export function writeFixtures(folder: string, place: Place, recorded: readonly Recorded[]): void {
  mkdirSync(folder, { recursive: true });
  for (const fixture of toFixtures(place, recorded)) {
    writeFileSync(join(folder, `${fixture.stage}.json`), formatFixture(fixture));
  }
}

/** One line for each exchange, so that a diff is readable. */
function formatFixture({ exchanges, ...head }: Fixture): string {
  const lines = exchanges.map((exchange) => JSON.stringify(exchange)).join(',\n');
  return `${JSON.stringify(head).slice(0, -1)},"exchanges":[\n${lines}\n]}\n`;
}

function toFixtures(place: Place, recorded: readonly Recorded[]): Fixture[] {
  const recordedFrom = describeServer(place, recorded);
  const stages = [...new Set(recorded.map(({ stage }) => stage))];
  return stages.map((stage) => {
    const placeholders = new Placeholders(place.name, place.account);
    const ofStage = recorded.filter((each) => each.stage === stage);
    const exchanges = ofStage.flatMap(({ assumption, exchanges }) =>
      exchanges.map((exchange) => ({ assumption, ...placeholders.hide(exchange) })),
    );
    return { recordedFrom, region: place.region, stage, exchanges };
  });
}

function describeServer({ endpoint, region }: Place, recorded: readonly Recorded[]): string {
  if (endpoint === undefined || isAwsEndpoint(endpoint)) return `AWS, ${region}`;
  const answers = recorded.flatMap(({ exchanges }) => exchanges);
  const isEmbedded = answers.some(({ answer }) => answer?.headers['x-amz-id-2'] === EMBEDDED);
  return isEmbedded ? 'the embedded S3 of this repository, not AWS' : 'a server that is not AWS';
}
