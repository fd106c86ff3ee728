import { loadSharedConfigFiles } from '@smithy/core/config';

/** A section of the AWS configuration, by setting. */
export type Section = Readonly<Record<string, string | undefined>>;

/** The content of the two AWS configuration files, as the SDK reads them. A missing file counts as empty. */
export interface AwsConfig {
  /** By name. The settings of a profile in both files, merged. */
  readonly profiles: ReadonlyMap<string, Section>;
  /** `services` sections, by name. */
  readonly services: ReadonlyMap<string, Section>;
  /** Names of the `sso-session` sections. */
  readonly ssoSessions: ReadonlySet<string>;
}

export async function readAwsConfig(env: NodeJS.ProcessEnv): Promise<AwsConfig> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles({
    ...(env.AWS_CONFIG_FILE && { configFilepath: env.AWS_CONFIG_FILE }),
    ...(env.AWS_SHARED_CREDENTIALS_FILE && { filepath: env.AWS_SHARED_CREDENTIALS_FILE }),
  });
  const profiles = new Map<string, Section>();
  const services = new Map<string, Section>();
  const ssoSessions = new Set<string>();
  for (const [name, section] of Object.entries(configFile)) {
    const [, kind, title = ''] = /^(services|sso-session)\.(.*)$/s.exec(name) ?? [];
    if (kind === 'services') services.set(title, section);
    else if (kind === 'sso-session') ssoSessions.add(title);
    else if (kind === undefined) profiles.set(name, section);
  }
  for (const [name, section] of Object.entries(credentialsFile)) {
    profiles.set(name, { ...profiles.get(name), ...section });
  }
  return { profiles, services, ssoSessions };
}
