import { closest } from 'fastest-levenshtein';
import type { z } from 'zod';
import { InvalidInputError } from '../errors';

/** @param error  of a parse with `reportInput` @param fields  all fields and their parts, to suggest the correct one */
export function inputError(error: z.ZodError, fields: readonly string[]): InvalidInputError {
  const issue = gravest(error);
  const field = issue?.path[0] ?? (issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined);
  return new InvalidInputError(describeIssues(error, fields), { field: field === undefined ? field : String(field) });
}

/** A misspelt field comes first, because it explains why the correct field is missing. */
function gravest({ issues }: z.ZodError): z.core.$ZodIssue | undefined {
  return issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
}

/**
 * One sentence that says what is wrong: the field, its value, and the value that is expected.
 *
 * @param error  of a parse with `reportInput`
 * @param fields  all fields, to suggest the correct one
 */
export function describeIssues(error: z.ZodError, fields: readonly string[]): string {
  const issue = gravest(error);
  if (!issue) return 'The input is not valid';
  if (issue.code === 'unrecognized_keys')
    return describeUnknownField(formatPath([...issue.path, issue.keys[0] ?? '']), fields);
  const field = issue.path.length === 0 ? 'the input' : `\`${formatPath(issue.path)}\``;
  return `Expected ${field} to be ${expectation(issue)}, got ${formatValue(issue.input)}`;
}

export function describeUnknownField(field: string, fields: readonly string[]): string {
  const nearest = closest(field, fields);
  return `Unknown field \`${field}\`: did you mean \`${nearest}\`?`;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'object' ? 'a JSON object' : article(issue.expected);
    case 'invalid_value':
      return `one of ${issue.values.map((value) => `"${String(value)}"`).join(', ')}`;
    case 'too_small':
      return typeof issue.input === 'string' ? issue.message : `${issue.minimum} or more`;
    case 'too_big':
      return typeof issue.input === 'string' ? issue.message : `${issue.maximum} or less`;
    default:
      return issue.message;
  }
}

function article(type: string): string {
  if (type === 'int') return 'an integer';
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function formatPath(path: PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index ? '.' : ''}${String(part)}`))
    .join('');
}

export function formatValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  // JSON has no number for a value such as 1e999
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  const shown = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  return `${shown} (${value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value})`;
}
