import { parseArgs } from 'node:util';
import { messageOf } from '@sluice/kernel';
import { withAllowedTest } from './allowed-tests.js';
import { EXIT, Stop } from '../exit-code.js';

// no flag for the join token itself: everybody on the machine can read a process's arguments
const FLAGS = {
  'server-url': 'SLUICE_SERVER_URL',
  'join-token-file': 'SLUICE_JOIN_TOKEN_FILE',
  data: 'SLUICE_AGENT_DATA',
  'allowed-tests-file': 'SLUICE_ALLOWED_TESTS_FILE',
  target: 'SLUICE_TARGET_DIR',
  'git-url': 'SLUICE_GIT_URL',
  'git-token-file': 'SLUICE_GIT_TOKEN_FILE',
  'git-credential-dir': 'SLUICE_GIT_CREDENTIAL_DIR',
  'git-user': 'SLUICE_GIT_USER',
  labels: 'SLUICE_LABELS',
  'sync-interval': 'SLUICE_SYNC_INTERVAL',
  'after-change': 'SLUICE_AFTER_CHANGE',
  'log-level': 'SLUICE_LOG_LEVEL',
} as const;
/** May be given several times; each is added to a list. */
const ALLOW_TEST = 'allow-test';
const SWITCHES = { adopt: 'SLUICE_ADOPT', 'allow-empty': 'SLUICE_ALLOW_EMPTY' } as const;

/** The environment with the command line's flags over it. @throws Stop for a flag that there is not. */
export function withFlags(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const merged = { ...environment };
  const values = parsed(args);
  for (const [name, variable] of Object.entries({ ...FLAGS, ...SWITCHES })) {
    const value = values[name];
    if (value !== undefined) merged[variable] = String(value);
  }
  for (const test of values[ALLOW_TEST] ?? []) merged['SLUICE_ALLOWED_TESTS'] = withAllowedTest(merged['SLUICE_ALLOWED_TESTS'] ?? '{}', test);
  return merged;
}

interface Values extends Readonly<Record<string, unknown>> {
  readonly [ALLOW_TEST]?: readonly string[];
}

function parsed(args: readonly string[]): Values {
  const option = (type: 'string' | 'boolean') => (name: string) => [name, { type }] as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: false,
      options: Object.fromEntries([[ALLOW_TEST, { type: 'string', multiple: true }], ...Object.keys(FLAGS).map(option('string')), ...Object.keys(SWITCHES).map(option('boolean'))]),
    }).values;
  } catch (error) {
    const known = [...Object.keys(FLAGS), ...Object.keys(SWITCHES), ALLOW_TEST].map((name) => `--${name}`).join(', ');
    throw new Stop(EXIT.settings, `${messageOf(error)}. The flags are ${known}; the join token comes from SLUICE_JOIN_TOKEN or a file.`, error);
  }
}
