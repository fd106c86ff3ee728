import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LONGEST_WAIT_MS } from './longest-wait';

const LOOK_EVERY_MS = 100;
const PROMPT = '$ ';

/** Whether this machine has tmux. */
export function hasTmux(): boolean {
  return spawnSync('tmux', ['-V']).status === 0;
}

/** A shell in a terminal of its own, whose screen can be read as somebody sees it. */
export class TmuxTerminal {
  readonly #socket = `bucketsync-${randomUUID()}`;

  /** @param env  all that the shell knows */
  constructor(columns: number, env: Readonly<Record<string, string>>, cwd: string) {
    const words = Object.entries({ ...env, TERM: 'screen-256color', PS1: PROMPT }).map(
      ([name, value]) => `${name}=${value}`,
    );
    const shell = ['env', '-i', ...words, 'bash', '--norc', '--noprofile'];
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', '60', '-c', cwd, ...shell);
  }

  /** Types a command and waits until it has ended. @returns what the screen shows of it */
  async run(command: string): Promise<string> {
    await this.type(command);
    return this.end();
  }

  async type(command: string): Promise<void> {
    await this.#until((text) => text.trimEnd().endsWith(PROMPT.trim()));
    this.#tmux('send-keys', '-l', command);
    this.press('Enter');
  }

  /** @param key  as tmux names it, such as `C-c` */
  press(key: string): void {
    this.#tmux('send-keys', key);
  }

  /** @returns the screen once it shows a text */
  see(expected: RegExp): Promise<string> {
    return this.#until((text) => expected.test(text));
  }

  /** Waits for the end of the command, and clears the screen. @returns what it showed, with the exit code if that is not 0 */
  async end(): Promise<string> {
    const shown = await this.#until((text) => /\n\$\s*$/.test(text));
    this.#tmux('send-keys', '-l', 'echo "exit code: $?"');
    this.press('Enter');
    const [, code = ''] = /\nexit code: (\d+)\s/.exec(await this.see(/\nexit code: \d+\s+\$/)) ?? [];
    this.#tmux('send-keys', '-l', 'clear');
    this.press('Enter');
    await this.#until((text) => text.trim() === PROMPT.trim(), '0');
    this.#tmux('clear-history');
    const screen = shown.replace(/\n\$\s*$/, '\n');
    return code === '0' ? screen : `${screen}exit code: ${code}\n`;
  }

  close(): void {
    this.#tmux('kill-server');
  }

  /** @param first  line, as tmux counts them: `-` is the oldest one that it remembers */
  async #until(isWanted: (text: string) => boolean, first = '-'): Promise<string> {
    let text = '';
    for (let waited = 0; waited < LONGEST_WAIT_MS; waited += LOOK_EVERY_MS) {
      text = this.#tmux('capture-pane', '-p', '-S', first);
      if (isWanted(text)) return text;
      await sleep(LOOK_EVERY_MS);
    }
    throw new Error(`Expected another screen, got\n${text}`);
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...args], { encoding: 'utf8' });
  }
}
