import * as z from 'zod';
import { syncInputSchema } from '../../statemachine/input/sync-input';

/** The JSON schema of a field of the execution input. */
export interface FieldSchema {
  readonly type: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly items?: { readonly enum?: readonly string[] };
}

/** Names of options that are not those of their field. `plan --keys` prints keys. */
const OTHER_NAMES: Readonly<Partial<Record<string, string>>> = { keys: 'keysFrom' };

/** `maxDeletes` becomes `--max-deletes`, and `delete` becomes `--no-delete`, as the user types it. */
export function optionName(field: string): string {
  return fieldSchemas()[field]?.default === true ? `--no-${kebabCase(field)}` : `--${kebabCase(nameOf(field))}`;
}

export function nameOf(field: string): string {
  return OTHER_NAMES[field] ?? field;
}

export function kebabCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

let schemas: Readonly<Record<string, FieldSchema>> | undefined;

export function fieldSchemas(): Readonly<Record<string, FieldSchema>> {
  schemas ??= z.toJSONSchema(syncInputSchema, { io: 'input' }).properties as Record<string, FieldSchema>;
  return schemas;
}
