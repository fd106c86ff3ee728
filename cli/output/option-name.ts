import * as z from 'zod';
import { syncInputSchema } from '../../statemachine/input/sync-input';

/** The JSON schema of a field of the execution input. */
export interface FieldSchema {
  readonly type: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly items?: { readonly enum?: readonly string[] };
  /** Of a JSON object. */
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  /** Of a part of a JSON object: the field, and the name of the part. */
  readonly partOf?: readonly [field: string, part: string];
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

/** The fields of the input. Each part of a JSON object counts as one: `maxPaths` of `invalidate` is `invalidateMaxPaths`. */
export function fieldSchemas(): Readonly<Record<string, FieldSchema>> {
  schemas ??= flatten(z.toJSONSchema(syncInputSchema, { io: 'input' }).properties as Record<string, FieldSchema>);
  return schemas;
}

/** The part that an option without more words sets. */
const MAIN_PART = 'distribution';

export function nameOfPart(field: string, part: string): string {
  return part === MAIN_PART ? field : `${field}${part.charAt(0).toUpperCase()}${part.slice(1)}`;
}

function flatten(fields: Readonly<Record<string, FieldSchema>>): Record<string, FieldSchema> {
  const entries = Object.entries(fields).flatMap(([field, schema]) =>
    schema.properties
      ? Object.entries(schema.properties).map(
          ([part, { ...of }]) => [nameOfPart(field, part), { ...of, partOf: [field, part] }] as const,
        )
      : [[field, schema] as const],
  );
  return Object.fromEntries(entries);
}
