// Installs the Debian packages of debian-packages.json whose program is missing. Only when SLUICE_SETUP=1 asks for it.
import { existsSync } from 'node:fs';
import { run, step } from './run.mjs';
import { services } from './services.mjs';

export async function setUpDebian() {
  const missing = services().filter(({ present }) => !present);
  if (missing.length === 0) return;
  if (!existsSync('/usr/bin/apt-get')) throw new Error(`SLUICE_SETUP=1 installs Debian packages, but there is no apt-get here. Install yourself: ${missing.map(({ program }) => program).join(', ')}`);
  await step(`Installing Debian packages (${missing.map((one) => one.package).join(', ')})`, () => aptInstall(missing.map((one) => one.package)));
}

async function aptInstall(packages) {
  await apt(['update', '-q']);
  await apt(['install', '-y', '-q', '--no-install-recommends', ...packages]);
}

async function apt(args) {
  const asRoot = process.getuid?.() === 0 ? ['apt-get'] : ['sudo', '-n', 'apt-get'];
  const [program, ...rest] = [...asRoot, ...args];
  const code = await run(program, rest, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  if (code !== 0) throw new Error(`"apt-get ${args[0]}" failed with exit code ${code}; run as root, or install the packages yourself`);
}
