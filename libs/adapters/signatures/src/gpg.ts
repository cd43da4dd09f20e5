import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SignatureState } from '@sluice/usecases';

export const PGP_ARMOUR = '-----BEGIN PGP SIGNATURE-----';

export interface Signed {
  readonly payload: Buffer;
  readonly signature: string;
}

const DEADLINE = 10_000;
const MAX_OUTPUT = 1024 * 1024;
const MISSING: SignatureState = { kind: 'unchecked', message: 'is signed with GPG, and gpg is not installed on the server: install it there, or sign with SSH' };

/** Checks signatures with gpg in a folder of its own, which knows the given keys and no other; none of the machine's keys or settings counts. */
export async function verifyWithGpg(signed: readonly Signed[], keyBlocks: readonly string[], program = 'gpg'): Promise<readonly SignatureState[]> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-gpg-'));
  const gpg = (...args: readonly string[]): Promise<GpgAnswer> => runGpg(program, home, args);
  try {
    await writeFile(join(home, 'keys.asc'), `${keyBlocks.join('\n')}\n`, { mode: 0o600 });
    if ((await gpg('--import', join(home, 'keys.asc'))) === 'missing') return signed.map(() => MISSING);
    const states: SignatureState[] = [];
    for (const { payload, signature } of signed) {
      await Promise.all([writeFile(join(home, 'commit'), payload), writeFile(join(home, 'commit.sig'), signature)]);
      states.push(stateOf(await gpg('--verify', join(home, 'commit.sig'), join(home, 'commit'))));
    }
    return states;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Lines of `--status-fd`, whatever the exit code. */
type GpgAnswer = readonly string[] | 'missing';

function runGpg(program: string, home: string, args: readonly string[]): Promise<GpgAnswer> {
  const all = ['--homedir', home, '--batch', '--no-tty', '--no-options', '--no-autostart', '--no-auto-key-retrieve', '--trust-model', 'always', '--status-fd', '1', ...args];
  const env = { PATH: process.env['PATH'] ?? '', GNUPGHOME: home, HOME: home, LC_ALL: 'C' };
  return new Promise((resolve) => {
    execFile(program, all, { env, timeout: DEADLINE, maxBuffer: MAX_OUTPUT }, (error, stdout) => {
      if (error && 'code' in error && error.code === 'ENOENT') resolve('missing');
      else resolve(stdout.split('\n').flatMap((line) => (line.startsWith('[GNUPG:] ') ? [line.slice('[GNUPG:] '.length)] : [])));
    });
  });
}

/** Good is only what gpg calls good without a reservation, and only one signature. */
function stateOf(answer: GpgAnswer): SignatureState {
  if (answer === 'missing') return MISSING;
  const count = (word: string): number => answer.filter((line) => line.split(' ')[0] === word).length;
  if (count('NEWSIG') === 1 && count('GOODSIG') === 1 && count('VALIDSIG') === 1) return { kind: 'trusted' };
  if (count('NO_PUBKEY') > 0) return { kind: 'untrusted', message: `is signed with a key that is not among the gate's (${wordAfter(answer, 'NO_PUBKEY')})` };
  if (count('BADSIG') > 0) return { kind: 'untrusted', message: 'has a signature that is not over this commit' };
  if (count('REVKEYSIG') > 0) return { kind: 'untrusted', message: 'is signed with a key that was revoked' };
  if (count('EXPKEYSIG') + count('EXPSIG') > 0) return { kind: 'untrusted', message: 'is signed with a key, or a signature, that has expired' };
  return { kind: 'untrusted', message: 'has a signature that cannot be read' };
}

function wordAfter(answer: readonly string[], word: string): string {
  return /^[0-9A-F]+$/.exec(answer.find((line) => line.startsWith(`${word} `))?.split(' ')[1] ?? '')?.[0] ?? 'unknown';
}
