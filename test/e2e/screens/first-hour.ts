import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RequestInfo, type S3Server, startS3 } from '../../../local/s3';
import { findCommandLine } from '../../support/built-command-line';
import { past } from '../../support/mirror';
import { TmuxTerminal } from '../../support/tmux-terminal';
import { normalise } from './normalise';

/** What a new user types in the first hour, and sees. By the name of the file in docs/screens/. */
export async function recordFirstHour(): Promise<Map<string, string>> {
  const screens = new Map<string, string>();
  for (const columns of [80, 120]) {
    const hour = await FirstHour.begin(columns);
    try {
      for (const [name, screen] of await hour.live()) screens.set(`${name}-${columns}.txt`, normalise(screen));
    } finally {
      await hour.end();
    }
  }
  return screens;
}

/** At the source. */
const OBJECTS = 43;
const KEYS_DENIED = /^media\/film-[12]\.mp4$/;
/** The same length everywhere, because lines of a terminal depend on it. */
const HOME = '/tmp/bucketsync-screens-';
const BOTH = 's3://my-staging s3://my-production';

class FirstHour {
  readonly #terminal: TmuxTerminal;

  static async begin(columns: number): Promise<FirstHour> {
    return new FirstHour(await startS3(), columns, mkdtempSync(HOME));
  }

  private constructor(
    private readonly s3: S3Server,
    columns: number,
    private readonly home: string,
  ) {
    const { nodeArgs, env } = findCommandLine();
    const [program = ''] = nodeArgs;
    mkdirSync(join(home, '.aws'));
    writeFileSync(join(home, '.aws/config'), '[profile prod]\nregion = us-east-1\n');
    fill(s3);
    const variables = {
      ...{ HOME: home, LANG: 'C.UTF-8', AWS_ENDPOINT_URL_S3: s3.endpoint, AWS_REGION: 'us-east-1', NO_COLOR: '1' },
      ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_EC2_METADATA_DISABLED: 'true' },
      ...{ NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? '' },
      PATH: [dirname(program), dirname(process.execPath), process.env.PATH ?? ''].join(':'),
    };
    this.#terminal = new TmuxTerminal(columns, variables, home);
  }

  /** The commands one after the other, each with its screen. */
  async live(): Promise<[name: string, screen: string][]> {
    const screens: [string, string][] = [];
    const see = async (name: string, command: string) => {
      screens.push([name, await this.#terminal.run(command)]);
    };
    await see('01-missing-bucket', `bucketsync plan s3://my-stagin s3://my-production`);
    await see('02-unknown-profile', `bucketsync plan ${BOTH} --profile nope`);
    await see('03-plan', `bucketsync plan ${BOTH}`);
    await see('04-check', `bucketsync check ${BOTH}`);
    await see('05-glob-matches-nothing', `bucketsync plan ${BOTH} --exclude 'drafts/**' --strict`);
    screens.push(['06-progress', await this.#seeProgress()]);
    screens.push(['07-ctrl-c', await this.#stopOnce()]);
    screens.push(['08-ctrl-c-twice', await this.#stopTwice()]);
    this.s3.onRequest = deny;
    screens.push(['09-run-asks', await this.#answer(`bucketsync run ${BOTH}`)]);
    this.s3.onRequest = undefined;
    const [, id = ''] = /retry ([\da-f]{8})/.exec(screens.at(-1)?.[1] ?? '') ?? [];
    await see('10-retry', `bucketsync retry ${id}`);
    await see('11-run-again', `bucketsync run ${BOTH}`);
    await see('12-piped', `bucketsync run ${BOTH} 2>&1 | head -4`);
    await see('13-ci', `CI=true bucketsync run ${BOTH}`);
    await see('14-quiet', `bucketsync run ${BOTH} --quiet`);
    await see('15-empty-source', `bucketsync run s3://my-empty s3://my-production`);
    await see('16-report', `bucketsync report latest`);
    screens.push(['17-resume', await this.#resume()]);
    this.s3.bucket('my-staging').put('site/page-40.html', 'new', { lastModified: past });
    await see('18-plan-one', `bucketsync plan ${BOTH}`);
    await see('19-apply', `bucketsync apply latest`);
    await see('20-runs', `bucketsync runs --limit 2`);
    await see('21-other-tools-verb', `bucketsync sync ${BOTH}`);
    await see('22-other-tools-option', `bucketsync run ${BOTH} --dryrun`);
    await see('23-help', `bucketsync help`);
    await see('24-doctor', `bucketsync doctor ${BOTH}`);
    return screens;
  }

  async end(): Promise<void> {
    this.#terminal.close();
    await this.s3.close();
    rmSync(this.home, { recursive: true, maxRetries: 3 });
  }

  /** What a run shows while its copies wait for S3. */
  async #seeProgress(): Promise<string> {
    const copies = this.#holdCopies();
    await this.#terminal.type(`bucketsync run s3://my-staging s3://my-copy`);
    await copies.held;
    return this.#terminal.see(/copied +0 .*\n(.*\n)*.* in flight/);
  }

  /** Goes on with that run: the first Ctrl-C lets the copies end that have begun. */
  async #stopOnce(): Promise<string> {
    this.#terminal.press('C-c');
    await this.#terminal.see(/press Ctrl-C again/);
    // the threads learn of it
    await sleep(LONGER_THAN_ONE_KEY_PRESS_MS);
    this.s3.onRequest = undefined;
    this.#release();
    const screen = await this.#terminal.end();
    return screen.replace(/\d+ objects copied \([^)]*\)/, '16 objects copied (8 kB)');
  }

  async #stopTwice(): Promise<string> {
    const copies = this.#holdCopies();
    await this.#terminal.type(`bucketsync run s3://my-staging s3://my-backup`);
    await copies.held;
    this.#terminal.press('C-c');
    await this.#terminal.see(/press Ctrl-C again/);
    await sleep(LONGER_THAN_ONE_KEY_PRESS_MS);
    this.#terminal.press('C-c');
    const screen = await this.#terminal.end();
    this.s3.onRequest = undefined;
    this.#release();
    return screen;
  }

  /** The run that Ctrl-C has stopped once: what was copied then is not copied again. */
  async #resume(): Promise<string> {
    const screen = await this.#terminal.run(`bucketsync run s3://my-staging s3://my-copy`);
    const [, copied = '', same = ''] = /(\d+) objects copied.* (\d+) already the same/.exec(screen) ?? [];
    if (Number(copied) + Number(same) !== OBJECTS || same === '0')
      throw new Error(`Expected the rest to be copied, got ${screen}`);
    return screen.replace(/\d+ objects copied \([^)]*\), \d+ already/, '27 objects copied (132 kB), 16 already');
  }

  async #answer(command: string): Promise<string> {
    await this.#terminal.type(command);
    await this.#terminal.see(/Continue\? \[y\/N\]/);
    this.#terminal.press('y');
    this.#terminal.press('Enter');
    return this.#terminal.end();
  }

  #release: () => void = () => {};

  #holdCopies(): { readonly held: Promise<void> } {
    const held = Promise.withResolvers<void>();
    const released = Promise.withResolvers<undefined>();
    this.#release = () => released.resolve(undefined);
    this.s3.onRequest = async ({ operation }) => {
      if (operation !== 'CopyObject') return undefined;
      held.resolve();
      return released.promise;
    };
    return { held: held.promise };
  }
}

/** Two signals within half a second count as one. */
const LONGER_THAN_ONE_KEY_PRESS_MS = 600;

function deny({ operation, key = '' }: RequestInfo) {
  if (operation !== 'CopyObject' || !KEYS_DENIED.test(key)) return undefined;
  const message = 'User: arn:aws:iam::111122223333:role/mirror is not authorized to perform: kms:Decrypt';
  return { status: 403, code: 'AccessDenied', message };
}

/** A site, and the same site as it was some weeks ago. */
function fill(s3: S3Server): void {
  const [staging, production] = [s3.createBucket('my-staging'), s3.createBucket('my-production')];
  s3.createBucket('my-copy');
  s3.createBucket('my-backup');
  s3.createBucket('my-empty');
  const put = (key: string, bytes: number) => staging.put(key, 'x'.repeat(bytes), { lastModified: past });
  for (let page = 0; page < 40; page++) put(`site/page-${page}.html`, 500);
  for (let film = 1; film <= 3; film++) put(`media/film-${film}.mp4`, 20_000 * film);
  for (let page = 0; page < 8; page++) production.put(`site/page-${page}.html`, 'x'.repeat(500));
  for (let page = 8; page < 10; page++) production.put(`site/page-${page}.html`, 'old', { lastModified: past });
  for (let old = 0; old < 12; old++) production.put(`assets/old-${old}.js`, 'x'.repeat(300));
}
