/** Permissions that no request of a Task needs, and why they are there all the same. */
export interface Exception {
  readonly role: RegExp;
  readonly action: RegExp;
  readonly resource?: RegExp;
  readonly reason: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    role: /^(?!StateMachine)/,
    action: /^logs:(CreateLogStream|PutLogEvents)$/,
    reason: 'the Lambda runtime writes the log of the function',
  },
  {
    role: /^(?!StateMachine)/,
    action: /^kms:Decrypt$/,
    resource: /:key\/environment$/,
    reason: 'Lambda reads the environment variables of a function with its role, where they have a key of their own',
  },
  {
    role: /./,
    action: /^xray:Put(TraceSegments|TelemetryRecords)$/,
    reason: 'the Lambda runtime and Step Functions send the traces',
  },
  {
    role: /^StateMachine$/,
    action: /^xray:GetSampling(Rules|Targets)$/,
    reason: 'Step Functions asks which executions to trace',
  },
  {
    role: /^StateMachine$/,
    action: /^logs:/,
    reason: 'Step Functions sets the delivery of its log up, with actions that know no smaller resource',
  },
  {
    role: /^StateMachine$/,
    action: /^states:(DescribeExecution|StopExecution|RedriveExecution)$/,
    reason: 'a Distributed Map follows and stops the executions of its ranges, and begins them again in a redrive',
  },
];

/** Requests that are sent to no server of AWS, so no role needs to allow them. */
export const NOT_IN_AWS: readonly Exception[] = [
  {
    role: /^ValidateInput$/,
    action: /^s3:DeleteObjectVersion$/,
    reason: 'only of a server that heeds no If-Match: it makes a delete marker of a key that is not there',
  },
];
