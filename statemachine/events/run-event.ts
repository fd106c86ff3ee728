import * as z from 'zod';

/** Increased only if a field changes its meaning or goes. Fields may come: who reads events must ignore what it does not know. */
const SCHEMA_VERSION = '1';

/** `detail-type` of the events. */
export const STARTED = 'BucketSync Run Started';
export const SUCCEEDED = 'BucketSync Run Succeeded';
export const FAILED = 'BucketSync Run Failed';
export const HELD = 'BucketSync Run Held';

const count = z.int().min(0);
const moment = z.string().meta({ format: 'date-time', description: 'ISO 8601, UTC' });

const placeSchema = z.object({
  bucket: z.string(),
  prefix: z.string().describe('Empty: the whole bucket. Otherwise it ends with "/"'),
});

/** What is known of every run. */
const always = {
  schemaVersion: z.literal(SCHEMA_VERSION),
  id: z.string().describe('The same if an event is delivered twice: <runId>/started or <runId>/ended'),
  runId: z.string().describe("The execution's name, which is the name of its folder in the report bucket"),
  executionArn: z.string(),
  startedAt: moment,
};

/** What the input says. */
const asked = {
  mirror: z.string().describe('Where the mirror writes, as in the dimension of the metrics: s3://bucket/folder'),
  mode: z.enum(['mirror', 'publish']),
  dryRun: z.boolean().describe('true: the run plans, and writes nothing'),
  source: placeSchema,
  destination: placeSchema,
  undo: z.string().optional().describe('Id of the run that this run takes back'),
};

const ended = {
  endedAt: moment,
  elapsedMs: count,
  wrote: z.boolean().describe('false: the run has copied and deleted nothing'),
  totals: z
    .object({
      listed: count,
      copied: count,
      copiedBytes: count,
      deleted: count,
      unchanged: count,
      skipped: count.describe('With those that are deferred or waiting'),
      deferred: count.describe('Orphans that are deleted later'),
      waiting: count.describe('Archived objects that S3 restores'),
      failed: count,
    })
    .describe('Objects. If the run wrote nothing: what it would have done'),
  undoable: z
    .boolean()
    .optional()
    .describe('Whether the destination keeps what the run replaced or deleted. Absent: nothing was copied or deleted'),
  estimatedCostUsd: z.number().min(0).describe('US dollars, at list prices'),
  warnings: z.array(z.string()).optional().describe('Names of warnings. Absent: none'),
  report: z
    .object({ bucket: z.string(), prefix: z.string(), url: z.string().describe('s3://bucket/runs/<runId>/') })
    .optional()
    .describe('Absent: the run ended before it began'),
};

const startedSchema = z.object({ ...always, ...asked });
const succeededSchema = z.object({ ...always, ...asked, ...ended });
const failedSchema = z.object({
  ...always,
  // an input that is wrong may not say which mirror it is about
  ...z.object(asked).partial().shape,
  ...ended,
  error: z.object({
    name: z.string().describe('As in the runbook, such as DriftError'),
    message: z.string().describe('At most 2,000 characters'),
  }),
});

export type RunStarted = z.output<typeof startedSchema>;
export type RunSucceeded = z.output<typeof succeededSchema>;
export type RunFailed = z.output<typeof failedSchema>;

const SCHEMAS = {
  [STARTED]: startedSchema,
  [SUCCEEDED]: succeededSchema,
  [FAILED]: failedSchema,
  [HELD]: failedSchema,
} as const;
export type RunEventType = keyof typeof SCHEMAS;

/** The JSON Schema of the events, as rules and their targets get them. It allows fields that are added later. */
export function runEventJsonSchema(): object {
  const envelopes = Object.entries(SCHEMAS).map(([type, detail]) =>
    z.object({
      'detail-type': z.literal(type),
      source: z.string().describe('bucketsync, if the deployment names no other source'),
      time: moment,
      resources: z
        .array(z.string())
        .describe('ARNs: the state machine, the execution, and the destination bucket if it is on AWS'),
      detail,
    }),
  );
  return {
    title: 'Events of bucketsync on an EventBridge bus',
    ...z.toJSONSchema(z.union(envelopes), { io: 'input' }),
  };
}
