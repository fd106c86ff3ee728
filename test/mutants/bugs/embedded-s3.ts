import type { Mutant } from '../mutant';

/** The S3 that the tests run against. */
export const EMBEDDED_S3_MUTANTS: readonly Mutant[] = [
  {
    bug: 'take a no-break space for white space when a signature is checked',
    file: 'local/s3/canonical-request.ts',
    search: "value.replace(/[ \\t]+/g, ' ')",
    replace: "value.replace(/\\s+/g, ' ')",
    suites: ['s3/client/non-ascii-headers'],
  },
  {
    bug: 'leave white space as it came when a signature is checked',
    file: 'local/s3/canonical-request.ts',
    search: "value.replace(/[ \\t]+/g, ' ')",
    replace: 'value',
    suites: ['s3/client/non-ascii-headers'],
  },
  {
    bug: 'encode a slash in a key when a signature is checked',
    file: 'local/s3/canonical-request.ts',
    search: "recode(path, '/')",
    replace: 'recode(path)',
    suites: ['local/s3/signature'],
  },
  {
    bug: 'take the query in the order in which it came when a signature is checked',
    file: 'local/s3/canonical-request.ts',
    search: '    .sort(([a, x], [b, y]) => compareText(a, b) || compareText(x, y))\n',
    replace: '',
    suites: ['local/s3/wire'],
  },
  {
    bug: 'accept whatever signature is there',
    file: 'local/s3/signature.ts',
    search: 'if (sign(toSign) !== claim.signature)',
    replace: "if (claim.signature === '')",
    suites: ['local/s3/signature'],
  },
  {
    bug: 'accept requests with x-amz- headers that nobody signed',
    file: 'local/s3/signature.ts',
    search: "name.startsWith('x-amz-')",
    replace: "name.startsWith('x-amz-none')",
    suites: ['local/s3/wire'],
  },
];
