import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import type { S3Server } from '../../local/s3';
import { findCommandLine } from '../support/built-command-line';
import { commandLineEnvironment, type Finished, finished } from '../support/cli-process';
import { temporaryFolder } from '../support/temporary-folder';

const ROOT = join(__dirname, '../..');

/** A step of an action or of a workflow. */
export interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

export const ACTION = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8'));

export interface EndedStep extends Finished {
  readonly outputs: Readonly<Record<string, string>>;
  /** What the step shows on the page of its job. */
  readonly text: string;
}

/** Runs the steps of the action as GitHub does, with a `gh` that answers what a test says. */
export class ActionSteps {
  readonly folder = temporaryFolder();
  /** What was asked of `gh`. */
  readonly asked = join(this.folder, 'gh.txt');
  readonly #bin = join(this.folder, 'bin');
  #s3: S3Server | undefined;
  #env: NodeJS.ProcessEnv = {};

  /** @param env  of the job, in addition */
  start(s3: S3Server, env: NodeJS.ProcessEnv = {}): void {
    this.#s3 = s3;
    this.#env = env;
    mkdirSync(this.#bin);
    const [program = ''] = findCommandLine().nodeArgs.slice(-1);
    const nodeArgs = findCommandLine().nodeArgs.slice(0, -1).join(' ');
    this.#writeScript('bucketsync', `cd '${ROOT}' && exec '${process.execPath}' ${nodeArgs} '${program}' "$@"`);
  }

  /** @param answers  what \`gh\` prints, by a part of the path that it is asked for */
  fakeGh(answers: Readonly<Record<string, string>>): void {
    writeFileSync(this.asked, '');
    const cases = Object.entries(answers).map(([path, answer]) => `*${path}*) printf '%s\\n' ${quoted(answer)} ;;`);
    this.#writeScript(
      'gh',
      `echo "$*" >> '${this.asked}'; for word in "$@"; do case "$word" in body=@*) cat "\${word#body=@}" >> '${this.asked}' ;; esac; done
       case "$*" in *--silent*) ;; ${cases.join('\n')} esac`,
    );
  }

  #writeScript(name: string, code: string): void {
    writeFileSync(join(this.#bin, name), `#!/usr/bin/env bash\n${code}\n`, { mode: 0o755 });
  }

  /** Runs one step of the action with these inputs. */
  async run(
    id: string,
    inputs: Readonly<Record<string, string>>,
    outputs: Readonly<Record<string, string>> = {},
  ): Promise<EndedStep> {
    const { run = '', env = {} } = ACTION.runs.steps.find((step: Step) => step.id === id) as Step;
    const given = (name: string) => inputs[name] ?? (name === 'github-token' ? 'token' : ACTION.inputs[name].default);
    const values = Object.fromEntries(
      Object.entries(env).map(([name, text]) => [
        name,
        text
          .replace(/\$\{\{ inputs\.([\w-]+) \}\}/, (_all, input) => given(input))
          .replace(/\$\{\{ steps\.run\.outputs\.([\w-]+) \}\}/, (_all, output) => outputs[output] ?? '')
          .replace(/\$\{\{ github\.action_path \}\}/, ROOT)
          .replace(/\$\{\{ github\.event\.pull_request\.number \}\}/, '7'),
      ]),
    );
    expect(JSON.stringify(values)).not.toContain('${{');
    const files = { GITHUB_OUTPUT: join(this.folder, 'output'), GITHUB_STEP_SUMMARY: join(this.folder, 'summary.md') };
    for (const file of Object.values(files)) writeFileSync(file, '');
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], {
      cwd: this.folder,
      env: commandLineEnvironment(this.#s3, {
        ...{ PATH: [this.#bin, process.env.PATH].join(delimiter), RUNNER_TEMP: this.folder, GITHUB_SHA: 'abc' },
        ...{ GITHUB_REPOSITORY: 'me/site', ...this.#env, ...files, ...values },
      }),
    });
    const ended = await finished(child);
    const printed = readFileSync(files.GITHUB_OUTPUT, 'utf8').trimEnd().split('\n');
    const found: Record<string, string> = Object.fromEntries(printed.map((line) => line.split(/=(.*)/s).slice(0, 2)));
    return { ...ended, outputs: found, text: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8') };
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
