// Installs the Debian packages of debian-packages.json whose program is missing. Only when SLUICE_SETUP=1 asks for it.
import { run, step } from './run.mjs';
import { isPresent, services } from './services.mjs';

// Another apt may be at work on a machine that has just started.
const PATIENT = ['-o', 'DPkg::Lock::Timeout=120'];
const UNASKED = 'DEBIAN_FRONTEND=noninteractive';

/** @throws Error that says what to do by hand, when it cannot install or what it has installed cannot be found */
export async function setUpDebian() {
  const packages = missing().map((service) => service.package);
  if (packages.length === 0) return;
  const asRoot = wayToRoot(packages);
  await step(`Installing Debian packages (${packages.join(', ')})`, async () => {
    await apt(asRoot, packages, ['update', '-q']);
    await apt(asRoot, packages, ['install', '-y', '-q', '--no-install-recommends', ...packages]);
  });
  const still = missing();
  if (still.length > 0) throw new Error(`apt-get has installed ${packages.join(', ')}, but of their programs these cannot be found: ${still.map(({ program }) => program).join(', ')}`);
}

function missing() {
  return services().filter(({ present }) => !present);
}

/** What comes before apt-get. */
function wayToRoot(packages) {
  if (!isPresent({ program: 'apt-get' })) throw new Error(`SLUICE_SETUP=1 installs Debian packages, but there is no apt-get here. ${byHand(packages)}`);
  if (process.getuid?.() === 0) return ['env', UNASKED];
  if (!isPresent({ program: 'sudo' })) throw new Error(`SLUICE_SETUP=1 installs Debian packages, which only root may do, and there is no sudo here. ${byHand(packages)}`);
  // sudo keeps nothing of our environment, and -n: it must not ask for a password
  return ['sudo', '-n', 'env', UNASKED];
}

async function apt([program, ...before], packages, args) {
  const code = await run(program, [...before, 'apt-get', ...PATIENT, ...args]);
  if (code !== 0) throw new Error(`"apt-get ${args[0]}" failed with exit code ${code}; its output is above. ${byHand(packages)}`);
}

function byHand(packages) {
  return `Install by hand what these Debian packages bring (as root: apt-get install ${packages.join(' ')}), or leave SLUICE_SETUP out: then the tests say what they do not cover.`;
}
