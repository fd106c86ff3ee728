/** A group of the site's sidebar: titles, and the pages of `docs/` or those that `make-content.ts` makes. */
export interface Group {
  readonly text: string;
  readonly items: readonly { readonly text: string; readonly page: string }[];
}

export const GROUPS: readonly Group[] = [
  {
    text: 'Begin',
    items: [
      { text: 'You own a site', page: 'quick-start/site-owner' },
      { text: 'You run a platform', page: 'quick-start/platform-team' },
      { text: 'You move data', page: 'quick-start/data-engineer' },
      { text: 'Questions', page: 'faq' },
      { text: 'Other tools', page: 'comparison' },
    ],
  },
  {
    text: 'Use it',
    items: [
      { text: 'The command line', page: 'command-line' },
      { text: 'Deploy it', page: 'deploy' },
      { text: 'Credentials and networks', page: 'credentials' },
      { text: 'Buckets of other accounts', page: 'cross-account' },
      { text: 'From one S3 to another', page: 'two-worlds' },
      { text: 'Servers that are nearly S3', page: 'servers' },
      { text: 'GitHub Actions', page: 'github-actions' },
      { text: 'What is wrong: the doctor', page: 'doctor' },
      { text: 'Prove it in your account', page: 'prove' },
    ],
  },
  {
    text: 'Recipes',
    items: [
      { text: 'Publish a site', page: 'recipes/publish-a-site' },
      { text: 'A backup in another account', page: 'recipes/off-site-backup' },
      { text: 'Restore from the copy', page: 'recipes/restore' },
      { text: 'A folder of a data lake', page: 'recipes/data-lake-prefix' },
      { text: 'Migrate from another S3', page: 'recipes/migration' },
    ],
  },
  {
    text: 'Reference',
    items: [
      { text: 'Commands and options', page: 'reference/commands' },
      { text: 'Input', page: 'input' },
      { text: 'Output', page: 'output' },
      { text: 'Events', page: 'events' },
      { text: 'Errors', page: 'reference/errors' },
      { text: 'Runbook', page: 'runbook' },
      { text: 'CDK construct', page: 'reference/construct/index' },
    ],
  },
  {
    text: 'Know why',
    items: [
      { text: 'Safety', page: 'safety' },
      { text: 'Fidelity', page: 'fidelity' },
      { text: 'Performance and cost', page: 'performance' },
      { text: 'How it works', page: 'how-it-works' },
      { text: 'Architecture', page: 'architecture' },
    ],
  },
];

/** Pages that are made from the code, and do not stand in `docs/`. */
export const MADE_PAGES: readonly string[] = ['reference/commands', 'reference/errors', 'reference/construct/index'];
