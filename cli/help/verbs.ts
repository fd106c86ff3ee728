/** What the help says about a verb besides its summary. */
export interface VerbHelp {
  readonly group: string;
  /** Pairs of a command, without the program's name, and what it does. */
  readonly examples: readonly (readonly [command: string, does: string])[];
  /** Page of the documentation. */
  readonly page: string;
}

const MIRROR = 'Mirror:';
const RUNS = 'Look at runs:';
const AWS = 'In AWS:';
const TRY = 'Try it:';
const HELP = 'Help:';

/** In the order in which the help shows them: common ones first. */
export const VERBS: Readonly<Record<string, VerbHelp>> = {
  plan: {
    group: MIRROR,
    page: 'command-line.md',
    examples: [
      ['plan s3://my-staging s3://my-production', 'what would be copied, overwritten and deleted'],
      ["plan s3://my-staging/site s3://my-production --exclude 'drafts/**' --keys", 'each key, of one folder'],
      ['plan s3://my-staging s3://my-production --exit-code', 'for scripts: ends with 3 if anything differs'],
    ],
  },
  run: {
    group: MIRROR,
    page: 'command-line.md',
    examples: [
      ['run s3://my-staging s3://my-production', 'copy and delete, after a question on a terminal'],
      ['run s3://my-staging s3://my-production --mode publish --yes', 'a web site, without a question'],
      ['run s3://my-data s3://my-backup --no-delete --max-cost 5', 'keep what the source no longer has'],
    ],
  },
  check: {
    group: MIRROR,
    page: 'command-line.md',
    examples: [
      ['check s3://my-staging s3://my-production', 'ends with 0 if both are equal, with 3 if not'],
      ['check s3://my-data s3://my-backup --compare checksum --keys', 'by checksums, with each key that differs'],
    ],
  },
  apply: {
    group: MIRROR,
    page: 'input.md',
    examples: [
      ['apply 7f3a91c2', 'do what that plan says; `plan` prints its id'],
      ['apply 7f3a91c2 --verify', 'and compare again at the end'],
      ['apply 7f3a91c2 --max-deletes 5000', 'although it deletes most of the destination'],
    ],
  },
  retry: {
    group: MIRROR,
    page: 'command-line.md',
    examples: [
      ['retry ab261096', 'only the objects that failed in that run'],
      ['retry ab261096 --json | jq .totals', 'for scripts'],
    ],
  },
  undo: {
    group: MIRROR,
    page: 'command-line.md',
    examples: [
      ['undo ab261096 --plan', 'what that run replaced, deleted and added, and what brings it back'],
      ['undo ab261096', 'bring it back, and hold later runs until `release`'],
    ],
  },
  runs: {
    group: RUNS,
    page: 'command-line.md',
    examples: [
      ['runs', 'the newest 20, of this machine and in AWS'],
      ['runs --limit 100 --json', 'more of them, for scripts'],
    ],
  },
  report: {
    group: RUNS,
    page: 'output.md',
    examples: [
      ['report latest', 'the newest run'],
      ['report ab261096', 'what the run did, and what failed'],
      ['report ab261096 --lines failures | jq -r .key', 'the keys that failed'],
    ],
  },
  doctor: {
    group: RUNS,
    page: 'doctor.md',
    examples: [
      ['doctor', 'the deployed mirror: what is wrong with it, and the commands that mend it'],
      ['doctor s3://my-staging s3://my-production', 'two buckets, before the first run'],
      ['doctor MyStack --json | jq .counts', 'for scripts: ends with 1 if anything fails'],
    ],
  },
  unlock: {
    group: RUNS,
    page: 'command-line.md',
    examples: [
      ['unlock s3://my-production', 'who holds the lock; removes one that was left behind'],
      ['unlock s3://my-production --report-location s3://my-reports', 'the lock of a run in AWS'],
    ],
  },
  hold: {
    group: RUNS,
    page: 'command-line.md',
    examples: [
      ["hold s3://my-production --reason 'audit until Friday'", 'no run writes there until it is released'],
      [
        'hold s3://my-production/site --report-location s3://my-reports',
        'one folder; the runs of a stack show the reason',
      ],
    ],
  },
  release: {
    group: RUNS,
    page: 'command-line.md',
    examples: [
      ['release s3://my-production', 'runs may write there again'],
      ['release s3://my-production --lock reports', 'if the runs keep their lock beside the reports'],
    ],
  },
  prune: {
    group: RUNS,
    page: 'command-line.md',
    examples: [
      ['prune', 'shows which old reports may go, and asks'],
      ['prune --keep 100 --older-than 90d --yes', 'without a question'],
    ],
  },
  start: {
    group: AWS,
    page: 'deploy.md',
    examples: [
      ['start --watch', 'start the deployed mirror and follow it'],
      ['start --dry-run --watch', 'only decide and report'],
      ['start s3://my-staging/site s3://my-production/site --stack Site', 'one folder, with another stack'],
    ],
  },
  watch: {
    group: AWS,
    page: 'deploy.md',
    examples: [
      ['watch', 'the active run, otherwise the newest'],
      ['watch 5c0f6c1e-2f0a-4d0c-9f43-0e6f7d0c2b11', 'one run, by its id'],
    ],
  },
  stop: {
    group: AWS,
    page: 'deploy.md',
    examples: [
      ['stop', 'the active run; completed work is kept'],
      ["stop --cause 'wrong prefix'", 'with a reason that the execution shows'],
    ],
  },
  policy: {
    group: AWS,
    page: 'cross-account.md',
    examples: [
      [
        'policy s3://their-data s3://our-copy --source-account 111111111111 --destination-account 222222222222',
        'for both accounts',
      ],
      [
        'policy s3://their-data s3://our-copy --source-account 111111111111 --destination-account 222222222222 --json',
        'for scripts',
      ],
    ],
  },
  demo: {
    group: TRY,
    page: 'how-it-works.md',
    examples: [
      ['demo', 'takes half a minute, and needs no account'],
      ['demo --json', 'both summaries as one document'],
    ],
  },
  prove: {
    group: TRY,
    page: 'prove.md',
    examples: [
      ['prove', 'asks first; two to three minutes, under two cents'],
      ['prove --clean', 'removes what a killed proof left behind'],
    ],
  },
  help: {
    group: HELP,
    page: 'command-line.md',
    examples: [
      ['help run', 'every option of `run`'],
      ['help', 'all commands'],
    ],
  },
  completion: {
    group: HELP,
    page: 'command-line.md',
    examples: [
      ['completion bash > ~/.local/share/bash-completion/completions/bucketsync', 'for bash'],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own
      ['completion zsh > "${fpath[1]}/_bucketsync"', 'for zsh'],
      ['completion fish > ~/.config/fish/completions/bucketsync.fish', 'for fish'],
      ['completion powershell >> $PROFILE', 'for PowerShell'],
    ],
  },
};
