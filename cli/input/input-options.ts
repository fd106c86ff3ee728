import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SyncRequest } from '../../statemachine/input/sync-input';
import { CHOICES_ELSEWHERE } from '../help/neighbours';
import { nearest } from '../help/suggest';
import { type FieldSchema, fieldSchemas, kebabCase, nameOf, optionName } from '../output/option-name';

const NO_LOCK = 'take no lock; make sure yourself that nothing else writes to the destination';

export type InputField = keyof SyncRequest;

/** These are set by s3:// URLs, so they have no option. */
const POSITIONAL_FIELDS: readonly string[] = ['source', 'destination'];

/**
 * Adds one option for each field of the execution input, with the schema's own description and default.
 *
 * @param takes  which fields have an option
 */
export function addInputOptions(command: Command, takes: (field: InputField) => boolean = () => true): void {
  for (const [field, schema] of optionFields()) {
    if (!takes(field)) continue;
    command.addOption(createOption(field, schema));
    if (field === 'lock') command.addOption(new Option('--no-lock', NO_LOCK));
    // so that `--delete` can override an input file
    if (schema.default === true) command.addOption(new Option(`--${kebabCase(field)}`).hideHelp());
    if (mayBeEither(schema)) command.addOption(new Option(`--no-${kebabCase(field)}`, `do not ${schema.description}`));
  }
}

/** The fields that are set on the command line. The schema adds the defaults. */
export function readInputOptions(command: Command): Partial<Record<InputField, unknown>> {
  const given = optionFields().filter(([field]) => command.getOptionValueSource(nameOf(field)) === 'cli');
  const input: Partial<Record<InputField, unknown>> = {};
  for (const [field, { partOf }] of given) {
    const value = readOption(field, command.getOptionValue(nameOf(field)));
    if (!partOf) input[field] = value;
    else input[partOf[0] as InputField] = { ...(input[partOf[0] as InputField] as object), [partOf[1]]: value };
  }
  return input;
}

/** `--no-lock` is short for one choice of `--lock`. */
function readOption(field: InputField, value: unknown): unknown {
  return field === 'lock' && value === false ? 'none' : value;
}

function createOption(field: InputField, schema: FieldSchema): Option {
  const name = optionName(field);
  if (schema.type === 'boolean') return new Option(name, describe(schema));
  if (schema.type === 'array') return createListOption(name, schema, LIST_ITEMS[field]);
  const option = new Option(`${name} <${placeholder(schema)}>`, describe(schema));
  if (schema.enum) addChoices(option, schema.enum);
  if (takesNumbers(schema)) option.argParser(readNumber);
  if (schema.default !== '') option.default(schema.default);
  return option;
}

/** A wrong choice is an error that names what other tools call one of them. */
function addChoices(option: Option, choices: readonly string[]): void {
  option.choices(choices).argParser((text: string) => {
    if (choices.includes(text)) return text;
    const meant = Object.hasOwn(CHOICES_ELSEWHERE, text) ? CHOICES_ELSEWHERE[text] : nearest(text, choices);
    const suggestion = meant !== undefined && choices.includes(meant) ? ` (Did you mean ${meant}?)` : '';
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.${suggestion}`);
  });
}

/** What the items of a list are, if not globs. */
const LIST_ITEMS: Readonly<Record<string, string>> = { invalidatePaths: 'path', invalidateTags: 'tag' };

/** A glob may contain commas, so each option has one glob. Words can be given as one list. */
function createListOption(name: string, { description, items }: FieldSchema, item = 'glob'): Option {
  const read = (text: string) => (items?.enum ? text.split(',').map((word) => word.trim()) : [text]);
  const append = (text: string, list: string[] = []) => [...list, ...read(text)];
  const option = new Option(`${name} <${items?.enum ? 'choice' : item}>`, `${description}; repeatable`);
  if (items?.enum) option.choices(items.enum); // for the help
  return option.argParser(append);
}

/** A boolean without a default: users may want either value. */
function mayBeEither(schema: FieldSchema): boolean {
  return schema.type === 'boolean' && schema.default === undefined;
}

function describe(schema: FieldSchema): string {
  return schema.default === true ? `do not ${schema.description}` : (schema.description ?? '');
}

function placeholder(schema: FieldSchema): string {
  if (schema.enum) return 'choice';
  return takesNumbers(schema) ? 'number' : 'text';
}

function takesNumbers({ type }: FieldSchema): boolean {
  return [type].flat().some((name) => name === 'number' || name === 'integer');
}

/** A value that is not a number stays text; the input check reports it. */
function readNumber(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function optionFields(): [InputField, FieldSchema][] {
  const fields = Object.entries(fieldSchemas()).filter(([field]) => !POSITIONAL_FIELDS.includes(field));
  return fields as [InputField, FieldSchema][];
}
