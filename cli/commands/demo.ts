import { styleText } from 'node:util';
import { type Check, compareBuckets } from '../../local/demo/equality';
import { startS3Process } from '../../local/demo/s3-process';
import { type DemoFacts, PRODUCTION, STAGING } from '../../local/demo/seed';
import { modulePath } from '../../local/module-path';
import { createTemporaryFolder } from '../../local/temporary-folder';
import type { RunSummary } from '../../statemachine/contract';
import { formatS3Url } from '../../wording/s3-url';
import { runEnvironment } from '../input/run-environment';
import { exitOnStopSignals, stopCode } from '../input/stop-signals';
import { demoIntroduction, demoNextSteps, describeCheck } from '../output/demo-text';
import { print, printJson } from '../output/output';
import { createDisplay, type DisplayMode, displayMode } from '../output/progress/create-display';
import { renderSummary } from '../output/summary';
import { mirror } from './mirror';

/**
 * `bucketsync demo`: makes an outdated production bucket equal to a staging bucket and proves it object by object. A second run
 * then has nothing to do.
 *
 * @returns the exit code: 0 only if everything was as expected
 */
export async function demoCommand({ json }: { readonly json: boolean }): Promise<number> {
  const say = json ? () => {} : (text: string) => print(`${text}\n`);
  const step = (text: string) => say(`\n${styleText('bold', text)}\n`);
  const display = displayMode({ json });
  using _stoppable = exitOnStopSignals();
  using reports = createTemporaryFolder('demo');
  await using s3 = await startS3Process<DemoFacts>(modulePath('local/demo/seed'));
  const run = async () => {
    const env = await runEnvironment(demoShell(), { endpointUrl: s3.endpoint, reportLocation: reports.path });
    // Without its report, which is gone when the demo has ended.
    const { report: _gone, ...summary } = await mirror({ source: STAGING, destination: PRODUCTION }, { env, display });
    say(renderSummary(summary, process.stdout).trimEnd());
    return summary;
  };

  say(demoIntroduction(s3.facts, s3.endpoint));
  step(`1  Mirror ${formatS3Url(STAGING)} to ${formatS3Url(PRODUCTION)}`);
  const first = await run();
  if (wasStopped(first)) {
    if (json) printJson({ runs: [first], equal: false });
    return stopCode() ?? 1;
  }
  step('2  Compare all objects of both buckets, by the AWS SDK alone');
  const equal = first.status === 'succeeded' && (await prove(s3.endpoint, display, say));
  step('3  Mirror once more: there should be nothing left to do');
  const second = await run();

  const held = equal && first.totals.copied > 0 && hadNothingToDo(second);
  if (json) printJson({ runs: [first, second], equal });
  if (!wasStopped(second)) say(`\n${demoNextSteps(held)}`);
  return held ? 0 : (stopCode() ?? 1);
}

async function prove(endpoint: string, display: DisplayMode, say: (text: string) => void): Promise<boolean> {
  const spinner = await createDisplay(display === 'live' ? 'live' : 'quiet', 'comparing');
  const checks: Check[] = [];
  for await (const check of compareBuckets(endpoint, STAGING, PRODUCTION)) checks.push(check);
  spinner.end();
  say(checks.map(describeCheck).join('\n'));
  return checks.every(({ different }) => different.length === 0);
}

/** Whether the run was stopped by Ctrl-C, which ends the whole demo. */
function wasStopped({ error }: RunSummary): boolean {
  return error?.name === 'InterruptedError';
}

function hadNothingToDo({ status, totals }: RunSummary): boolean {
  return status === 'succeeded' && totals.copied === 0 && totals.deleted === 0;
}

/** The demo ignores the user's AWS settings and proxies, because a proxy does not know this machine's servers. */
function demoShell(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS|BUCKETSYNC)_|_proxy$/i.test(name));
  return {
    ...Object.fromEntries(own),
    AWS_ACCESS_KEY_ID: 'demo',
    AWS_SECRET_ACCESS_KEY: 'demo',
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
