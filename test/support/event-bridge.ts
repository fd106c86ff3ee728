/** Of a target in CloudFormation. */
export interface Transformer {
  readonly InputTemplate: string | { readonly 'Fn::Join': readonly [string, readonly unknown[]] };
  readonly InputPathsMap: Readonly<Record<string, string>>;
}

/** What EventBridge does by its documentation, read against us where that can be read in two ways. */
export function transform(event: object, { InputTemplate, InputPathsMap }: Transformer): string {
  const find = (path: string) =>
    path
      .split('.')
      .slice(1)
      .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], event);
  let inString = false;
  return template(InputTemplate).replaceAll(/\\.|"|<([^<>]+)>/g, (text, name?: string) => {
    if (text === '"') inString = !inString;
    if (name === undefined) return text;
    const value = find(InputPathsMap[name] ?? '');
    // "that variable isn't created and won't appear in the output"
    if (value === undefined) return '';
    // "removes any internal quotes to ensure a valid string"
    if (inString) return typeof value === 'object' ? JSON.stringify(value).replaceAll('"', '') : String(value);
    // "automatically adds quotes to string variable values", and "doesn't escape values extracted by Input Path"
    return typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
  });
}

/** With a name for the report bucket, which CloudFormation fills in. */
export function template(InputTemplate: Transformer['InputTemplate']): string {
  if (typeof InputTemplate === 'string') return InputTemplate;
  return InputTemplate['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'REPORTS')).join('');
}
