import * as z from 'zod';

export const EXECUTION_ENDS = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/** How an execution can end. */
export type ExecutionEnd = (typeof EXECUTION_ENDS)[number];

/** The source of events, if the deployment names no other. */
export const EVENT_SOURCE = 'bucketsync';

/** What EventBridge accepts. It keeps `aws.` for itself. */
export const eventSource = z
  .string()
  .regex(/^(?!aws\.)[\w./-]{1,256}$/i, 'letters, digits and . _ / -, not beginning with aws.');

export const messageSettingsSchema = z.strictObject({
  topic: z.string().regex(/^arn:[\w-]+:sns:/),
  on: z.array(z.enum(EXECUTION_ENDS)),
  runbook: z.string().optional(),
});

/** Where messages about ended runs go, and which ends send one. */
export type MessageSettings = z.output<typeof messageSettingsSchema>;

export const eventSettingsSchema = z.strictObject({
  bus: z.string().regex(/^arn:[\w-]+:events:/),
  source: eventSource,
});

/** Where events about runs go. */
export type EventSettings = z.output<typeof eventSettingsSchema>;
