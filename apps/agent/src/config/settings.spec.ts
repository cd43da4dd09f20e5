import { InvalidEnvironment } from '@sluice/runtime';
import { withFlags } from './flags.js';
import { readSettings } from './settings.js';

const LEAST = { SLUICE_TARGET_DIR: '/srv/app' };

describe('settings', () => {
  it('need a target and have sensible defaults for the rest', () => {
    expect(readSettings(LEAST)).toMatchObject({ target: { kind: 'directory', folder: '/srv/app' }, adopt: false, allowEmpty: false, syncInterval: 60_000, afterChange: undefined });
  });

  it.each([
    ['SLUICE_TARGET_DIR', 'srv/app', 'an absolute path'],
    ['SLUICE_SERVER_URL', 'ftp://example.com', 'an http or https URL'],
    ['SLUICE_SERVER_URL', 'https://ada:secret@example.com', 'without a user or a password'],
    ['SLUICE_SYNC_INTERVAL', 'soon', 'a duration like 30s'],
    ['SLUICE_SYNC_INTERVAL', '10ms', 'from 1 s'],
    ['SLUICE_AFTER_CHANGE', 'systemctl reload x', 'an absolute path of a program'],
    ['SLUICE_AFTER_CHANGE', '["systemctl","reload"]', 'an absolute path of a program'],
    ['SLUICE_LABELS', 'canary', 'labels like canary=true,region=eu'],
    ['SLUICE_LABELS', 'a b=c', "a label's key must be letters"],
    ['SLUICE_PARENT', 'init', 'stdin'],
  ])('name what is wrong with %s=%s, and not its value', (name, value, message) => {
    const reading = () => readSettings({ ...LEAST, [name]: value });
    expect(reading).toThrow(InvalidEnvironment);
    expect(reading).toThrow(`${name}: `);
    expect(reading).toThrow(message);
    expect(reading).not.toThrow('secret@');
  });

  it('take a token for a repository that is pinned, and for no other', () => {
    const git = { SLUICE_GIT_URL: 'https://git.example.org/shop.git', SLUICE_GIT_TOKEN_FILE: '/run/secrets/git' };
    expect(readSettings({ ...LEAST, ...git }).git).toEqual({ url: git.SLUICE_GIT_URL, user: 'sluice', tokenFile: git.SLUICE_GIT_TOKEN_FILE });
    expect(() => readSettings({ ...LEAST, SLUICE_GIT_TOKEN_FILE: '/run/secrets/git' })).toThrow('SLUICE_GIT_URL: set it to the repository');
    const mounted = { SLUICE_GIT_URL: git.SLUICE_GIT_URL, SLUICE_GIT_CREDENTIAL_DIR: '/run/secrets/git' };
    expect(readSettings({ ...LEAST, ...mounted }).git).toEqual({ url: git.SLUICE_GIT_URL, user: 'sluice', credentialFolder: '/run/secrets/git' });
    expect(() => readSettings({ ...LEAST, SLUICE_GIT_CREDENTIAL_DIR: '/run/secrets/git' })).toThrow('SLUICE_GIT_URL: set it to the repository');
    expect(() => readSettings({ ...LEAST, ...git, ...mounted })).toThrow('SLUICE_GIT_CREDENTIAL_DIR: leave it out, or SLUICE_GIT_TOKEN_FILE');
  });

  it('take labels of the cluster', () => {
    expect(readSettings({ ...LEAST, SLUICE_LABELS: 'canary=true, region=eu' }).labels).toEqual({ canary: 'true', region: 'eu' });
    expect(readSettings(LEAST).labels).toBeUndefined();
  });

  it('take a cluster as a target, and say whose rights they need', () => {
    const cluster = { SLUICE_TARGET: 'kubernetes', SLUICE_APPLY_AS: 'shop/deployer' };
    expect(readSettings(cluster).target).toEqual({ kind: 'kubernetes', applyAs: 'shop/deployer', defaultNamespace: 'default', healthRules: [] });
    expect(() => readSettings({ SLUICE_TARGET: 'kubernetes' })).toThrow('SLUICE_APPLY_AS: name the ServiceAccounts that apply');
    expect(() => readSettings({ ...cluster, SLUICE_AFTER_CHANGE: '/bin/true' })).toThrow('SLUICE_AFTER_CHANGE: only a target of files');
    expect(() => readSettings({ ...cluster, SLUICE_HEALTH_RULES: '{}' })).toThrow('SLUICE_HEALTH_RULES: a JSON list like');
    expect(() => readSettings({ SLUICE_TARGET: 'moon' })).toThrow('SLUICE_TARGET: directory, kubernetes or command');
  });

  it('take commands as a target, each a program of this machine', () => {
    const commands = { SLUICE_TARGET: 'command', SLUICE_COMMAND_PLAN: '["/usr/bin/terraform","plan","-detailed-exitcode"]', SLUICE_COMMAND_APPLY: '/usr/local/bin/apply' };
    expect(readSettings(commands).target).toEqual({ kind: 'command', commands: { plan: ['/usr/bin/terraform', 'plan', '-detailed-exitcode'], apply: ['/usr/local/bin/apply'] }, detectInterval: 1_800_000, timeout: 1_800_000, environment: [] });
    expect(readSettings({ ...commands, SLUICE_COMMAND_DETECT: '/bin/true', SLUICE_COMMAND_ENVIRONMENT: 'AWS_PROFILE, TF_VAR_size' }).target).toMatchObject({ commands: { detect: ['/bin/true'] }, environment: ['AWS_PROFILE', 'TF_VAR_size'] });
    expect(() => readSettings({ SLUICE_TARGET: 'command' })).toThrow('SLUICE_COMMAND_PLAN: set it to the program');
    expect(() => readSettings({ ...commands, SLUICE_COMMAND_APPLY: './apply' })).toThrow('SLUICE_COMMAND_APPLY: an absolute path of a program');
    expect(() => readSettings({ ...commands, SLUICE_COMMAND_ENVIRONMENT: 'SLUICE_JOIN_TOKEN' })).toThrow('SLUICE_COMMAND_ENVIRONMENT: names of variables');
  });

  it('say what a missing target is', () => {
    expect(() => readSettings({})).toThrow('SLUICE_TARGET_DIR: set it to the folder that is to be kept like the branch');
  });

  it('take a program with arguments as a list, without a shell', () => {
    expect(readSettings({ ...LEAST, SLUICE_AFTER_CHANGE: '["/bin/systemctl","reload","a b"]' }).afterChange).toEqual(['/bin/systemctl', 'reload', 'a b']);
  });
});

describe('flags', () => {
  it('go before the environment', () => {
    expect(withFlags(['--target', '/b', '--adopt'], { SLUICE_TARGET_DIR: '/a', OTHER: 'x' })).toEqual({ SLUICE_TARGET_DIR: '/b', SLUICE_ADOPT: 'true', OTHER: 'x' });
  });

  it.each([[['--join-token', 'secret']], [['--target']], [['position']]])('that are unknown or wrong are refused with the list of those there are: %s', (args) => {
    expect(() => withFlags(args, {})).toThrow('--join-token-file');
  });
});
