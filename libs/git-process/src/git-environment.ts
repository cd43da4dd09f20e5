/** Sent as HTTP basic authentication. A token goes into `password`. */
export interface GitCredential {
  readonly username: string;
  readonly password: string;
}

export interface GitEnvironmentOptions {
  readonly credential?: GitCredential;
  /** Lets git talk to repositories by path (`file`). */
  readonly allowLocal?: boolean;
  /** More configuration, for this process only. */
  readonly config?: Readonly<Record<string, string>>;
}

// What a process needs from ours: where programs are, temporary files, the company's proxy and certificates, the ssh agent.
// Asked for by name: a copy of the whole environment takes longer than all else here.
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'];
const INHERITED = ['PATH', 'TMPDIR', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'CURL_CA_BUNDLE', 'SSH_AUTH_SOCK', ...PROXIES, ...PROXIES.map((name) => name.toLowerCase())];

const CONFIG: Readonly<Record<string, string>> = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.askPass': '',
  'credential.helper': '',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'protocol.version': '2',
  // git sends extra headers to wherever it is redirected, so a redirect could collect the credential
  'http.followRedirects': 'false',
};

/**
 * The whole environment of a git process: no system, user or inherited configuration, no prompts, no hooks, messages in English, only http(s) and ssh. The credential travels in
 * a configuration variable of the environment, not in an argument, a URL or a file.
 */
export function gitEnvironment(options: GitEnvironmentOptions = {}): Record<string, string> {
  const config = { ...CONFIG, ...options.config };
  if (options.credential) config['http.extraHeader'] = `Authorization: Basic ${basicToken(options.credential)}`;
  return {
    ...inherited(),
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: options.allowLocal ? 'http:https:ssh:file' : 'http:https:ssh',
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    ...configVariables(config),
  };
}

export function basicToken(credential: GitCredential): string {
  return Buffer.from(`${credential.username}:${credential.password}`, 'utf8').toString('base64');
}

function inherited(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

function configVariables(config: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(config);
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(entries.length) };
  entries.forEach(([key, value], index) => {
    variables[`GIT_CONFIG_KEY_${index}`] = key;
    variables[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return variables;
}
