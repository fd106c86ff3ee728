import { describeUnknownField } from '../statemachine/input/describe-issues';

/**
 * Keys that the CDK and its libraries put into an app's context. None of them is a setting:
 *
 * | key | who writes it |
 * | --- | --- |
 * | `@aws-cdk/core:x`, `@scope/package:x` | feature flags and libraries, in `cdk.json` |
 * | `aws:cdk:x`, `aws-cdk:x` | the command line, for each synthesis |
 * | `ssm:account=1:…`, `vpc-provider:account=1:…`, `plugin:x` | look-ups, in `cdk.context.json` |
 * | `cli-telemetry`, `acknowledged-issue-numbers` | the command line, in `cdk.json`, `cdk.context.json` and `~/.cdk.json` |
 */
const FOREIGN_KEY =
  /^(@[\w.-]+\/.|aws:cdk:|aws-cdk:|[a-z][a-z-]*:(account|pluginName|region)=|plugin:|cli-telemetry$|acknowledged-issue-numbers$)/;

/**
 * Normalises the names of settings: `max-deletes`, `max_deletes` and `MaxDeletes` all become `maxDeletes`.
 *
 * @param names  all known settings
 * @throws Error  a key is unknown, or a setting occurs twice
 */
export function nameSettings(
  context: Readonly<Record<string, unknown>>,
  names: readonly string[],
): [string, unknown][] {
  const byLetters = new Map(names.map((name) => [lettersOf(name), name]));
  const found = new Map<string, { readonly key: string; readonly value: unknown }>();
  for (const [key, value] of Object.entries(context)) {
    const name = byLetters.get(lettersOf(key));
    if (name === undefined && FOREIGN_KEY.test(key)) continue;
    if (name === undefined) throw new Error(describeUnknownField(key, names));
    const twin = found.get(name);
    if (twin) throw new Error(`Expected \`${name}\` once, got it as \`${twin.key}\` and as \`${key}\``);
    found.set(name, { key, value });
  }
  return [...found].map(([name, { value }]) => [name, value]);
}

/** Ignores case, and the characters between words. */
function lettersOf(key: string): string {
  return key.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}
