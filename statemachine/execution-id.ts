// Each run has an execution id: the ARN of its execution in AWS, or `local:<host>:<process id>:<run id>`.

/** Whether the run is an execution in AWS. If not, a local runner runs it. */
export function isExecutionArn(executionId: string): boolean {
  return executionId.startsWith('arn:');
}

/** The run's id, which is the execution's name. */
export function runIdOf(executionId: string): string {
  return executionId.slice(executionId.lastIndexOf(':') + 1);
}
