import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { evaluate } from './command.fixture.js';

// What every Debian has at a place of its own.
const SYSTEM = '/usr/bin/env';

describe('the Debian packages of the tests', () => {
  let bin: string;
  beforeEach(() => {
    bin = join(mkdtempSync(join(tmpdir(), 'sluice-debian-')), 'bin');
    mkdirSync(bin);
    program('env', `exec ${SYSTEM} "$@"`);
  });
  afterEach(() => rmSync(dirname(bin), { recursive: true, force: true }));

  function program(name: string, script: string): void {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  /** An apt-get that writes down how it was called and, when it installs, makes a program for each of these names. */
  const apt = (brings: readonly string[], fails = false): void =>
    program('apt-get', `echo "$DEBIAN_FRONTEND $*" >> ${bin}/calls\n${fails ? 'exit 100' : `case "$*" in *install*) for name in ${brings.join(' ')}; do printf '#!/bin/sh\\n' > ${bin}/$name; /bin/chmod +x ${bin}/$name; done;; esac`}`);
  const calls = (): readonly string[] => readFileSync(join(bin, 'calls'), 'utf8').trim().split('\n');
  /** What it ends with: its error, or nothing. PostgreSQL is found beside the PATH on a machine that has it, so it may be missing or not. */
  const setUp = (user: number): string | null =>
    evaluate('debian.mjs', '(process.env.PATH = input.path, process.getuid = () => input.user, process.stdout.write = new Proxy(process.stdout.write, { apply: (write, out, [text]) => text.startsWith("{") && Reflect.apply(write, out, [text]) }), script.setUpDebian().then(() => null, (error) => error.message))', { path: [bin].join(delimiter), user });
  const ALL = ['redis-server', 'postgres', 'chromium', 'docker-registry', 'kubectl', 'ssh-keygen', 'gpg', 'curl', 'jq'];

  it('are installed once, those that are missing and without a question', () => {
    program('redis-server', '');
    program('kubectl', '');
    apt(ALL);
    expect(setUp(0)).toBeNull();
    const [update, install, ...more] = calls();
    expect(update).toMatch(/^noninteractive .*update -q$/);
    expect(install).toMatch(/^noninteractive .*install -y -q --no-install-recommends (postgresql )?chromium docker-registry openssh-client gnupg curl jq$/);
    expect(more).toEqual([]);
    expect(setUp(0)).toBeNull();
    expect(calls()).toHaveLength(2);
  });

  it('are installed through sudo by whoever is not root', () => {
    apt(ALL);
    program('sudo', `echo "sudo $1" >> ${bin}/calls\nshift\nexec "$@"`);
    expect(setUp(1000)).toBeNull();
    expect(calls().filter((call) => call === 'sudo -n')).toHaveLength(2);
    expect(calls().filter((call) => call.startsWith('noninteractive'))).toHaveLength(2);
  });

  it.each([
    ['there is no apt-get', 0, () => undefined, 'there is no apt-get here. Install by hand'],
    ['there is no way to be root', 1000, () => apt([]), 'only root may do, and there is no sudo here. Install by hand'],
    ['apt-get fails', 0, () => apt([], true), '"apt-get update" failed with exit code 100; its output is above. Install by hand'],
    ['a package does not bring its program', 0, () => apt(['chromium']), 'of their programs these cannot be found: redis-server'],
  ])('are asked for by name when %s', (_, user, prepare, message) => {
    prepare();
    const error = setUp(user);
    expect(error).toContain(message);
    expect(error).toContain('docker-registry');
  });
});
