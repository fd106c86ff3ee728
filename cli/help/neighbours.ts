/** What people type who know other tools, and what it is here. A text in the place of a verb says why there is none. */
export const VERBS_ELSEWHERE: Readonly<Record<string, { readonly verb: string } | { readonly why: string }>> = {
  ...each(['sync', 'mirror', 'cp', 'copy', 'mv', 'move', 'rsync', 'clone', 'backup', 'publish', 'push', 'exec'], {
    verb: 'run',
  }),
  ...each(['diff', 'compare', 'cmp', 'verify', 'cryptcheck', 'cat', 'status'], { verb: 'check' }),
  ...each(['dryrun', 'dry-run', 'preview', 'simulate'], { verb: 'plan' }),
  ...each(['resume', 'repair'], { verb: 'retry' }),
  ...each(['rollback', 'revert', 'restore', 'reset'], { verb: 'undo' }),
  ...each(['log', 'logs', 'show', 'summary', 'describe'], { verb: 'report' }),
  ...each(['executions', 'jobs'], { verb: 'runs' }),
  ...each(['clean', 'cleanup', 'gc', 'forget'], { verb: 'prune' }),
  ...each(['follow', 'tail'], { verb: 'watch' }),
  ...each(['abort', 'cancel', 'kill'], { verb: 'stop' }),
  ...each(['iam', 'permissions'], { verb: 'policy' }),
  ...each(['diagnose', 'diagnostics', 'health', 'lint', 'inspect', 'validate'], { verb: 'doctor' }),
  ...each(['ls', 'list', 'lsd', 'lsf', 'tree', 'du', 'size', 'stat', 'head'], {
    why: 'bucketsync does not list buckets; use `aws s3 ls`.',
  }),
  ...each(['rm', 'rb', 'del', 'delete', 'remove', 'purge', 'rmdir'], {
    why: 'bucketsync deletes only what the source does not have; use `aws s3 rm`.',
  }),
  ...each(['mb', 'mkdir', 'create', 'presign', 'website', 'config', 'configure', 'login'], {
    why: 'bucketsync has nothing like it; use the AWS CLI.',
  }),
  ...each(['deploy', 'destroy', 'synth', 'bootstrap', 'init', 'up', 'install'], {
    why: 'the AWS CDK does it: `npx cdk deploy`. The page deploy.md says how.',
  }),
};

/** Options of other tools, and what to write here. */
export const OPTIONS_ELSEWHERE: Readonly<Record<string, string>> = {
  ...each(['--dryrun', '-n', '--dry', '--simulate', '--just-print'], 'Did you mean --dry-run, or the command `plan`?'),
  ...each(['--size-only'], 'Did you mean --compare size?'),
  ...each(['--exact-timestamps', '--update', '--times'], 'Did you mean --compare size-and-time?'),
  ...each(['--checksum', '--hash', '--md5'], 'Did you mean --compare checksum?'),
  ...each(['--ignore-times', '--force-copy', '--no-check-dest'], 'Did you mean --compare always?'),
  ...each(['--files-from', '--from-file', '--keys-file', '--manifest'], 'Did you mean --keys-from?'),
  ...each(
    ['--filter', '--include-from', '--exclude-from', '--filter-from'],
    'Write --include or --exclude for each glob.',
  ),
  ...each(
    ['--delete-before', '--delete-during', '--remove', '--prune'],
    'Deleting is the default; --no-delete leaves it out.',
  ),
  ...each(['--recursive', '-r', '--archive', '-a'], 'It is not needed: all folders are mirrored.'),
  ...each(
    ['--transfers', '--checkers', '--numworkers', '--workers', '--parallel'],
    'Did you mean --request-concurrency?',
  ),
  ...each(['--endpoint', '--s3-endpoint'], 'Did you mean --endpoint-url?'),
  ...each(['--min-age'], 'Did you mean --older-than?'),
  ...each(['--max-age'], 'Did you mean --newer-than?'),
  ...each(['--auto-approve', '--no-confirm', '--assume-yes'], 'Did you mean --yes?'),
  ...each(
    ['--detailed-exitcode', '--detailed-exit-code', '--error-on-difference'],
    'Did you mean --exit-code, of the command `plan`?',
  ),
  ...each(['--only-show-errors', '--silent'], 'Did you mean --quiet?'),
  ...each(['--debug'], 'Did you mean --verbose?'),
  ...each(['--no-progress', '--stats', '--stats-one-line'], 'Did you mean --progress none, or --progress lines?'),
  ...each(['--format', '-o'], 'Did you mean --json?'),
  ...each(['--combined', '--list', '--itemize-changes'], 'Did you mean --keys, of the commands `plan` and `check`?'),
  ...each(
    ['--interactive', '-i'],
    'It is the default: on a terminal, `run` asks before it deletes or overwrites more than ten objects.',
  ),
  ...each(
    ['--no-verify-ssl', '--no-check-certificate', '--insecure'],
    'Certificates are always checked. Name your own in AWS_CA_BUNDLE.',
  ),
  ...each(['--no-sign-request'], 'Requests are always signed, because a mirror has to write.'),
  ...each(['--follow-symlinks', '--no-follow-symlinks', '--links'], 'It is not needed: buckets have no links.'),
};

/** Values of other tools for an option with choices. */
export const CHOICES_ELSEWHERE: Readonly<Record<string, string>> = {
  ...each(['size-only', 'sizes'], 'size'),
  ...each(['md5', 'hash', 'content'], 'etag'),
  ...each(['time', 'date', 'mtime', 'modtime', 'timestamp', 'timestamps', 'exact-timestamps'], 'size-and-time'),
  ...each(['headers', 'head'], 'metadata'),
  ...each(['checksums', 'sha256', 'crc32'], 'checksum'),
  ...each(['all', 'force'], 'always'),
  ...each(['default'], 'auto'),
};

function each<T>(words: readonly string[], meaning: T): Record<string, T> {
  return Object.fromEntries(words.map((word) => [word, meaning]));
}
