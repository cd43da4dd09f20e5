import type { CommitSignatures, RawCommit, SignatureState } from '@sluice/usecases';
import { PGP_ARMOUR, verifyWithGpg } from './gpg.js';
import type { Signed } from './gpg.js';
import { readSignedCommit } from './signed-commit.js';
import { readSshKey } from './ssh-key.js';
import type { SshKey } from './ssh-key.js';
import { SSH_ARMOUR, verifySshSignature } from './ssh-signature.js';

/** Checks signatures of commits: those of SSH here, those of GPG with gpg, where the gate has such keys. `gpg` names another program. */
export function createCommitSignatures(options: { readonly gpg?: string } = {}): CommitSignatures {
  return {
    async verify(commits, keys) {
      const sshKeys = keys.flatMap((line) => readSshKey(line) ?? []);
      const keyBlocks = keys.filter((key) => key.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----'));
      const looked = commits.map((commit) => look(commit, sshKeys, keyBlocks.length > 0));
      const left = looked.filter(isSigned);
      const checked = left.length === 0 ? [] : await verifyWithGpg(left, keyBlocks, options.gpg);
      return looked.map((one) => (isSigned(one) ? (checked[left.indexOf(one)] ?? UNREADABLE) : one));
    },
  };
}

const UNREADABLE: SignatureState = { kind: 'untrusted', message: 'has a signature that cannot be read' };

/** What is known without gpg, or what gpg has to look at. */
function look({ bytes }: RawCommit, sshKeys: readonly SshKey[], hasPgpKeys: boolean): SignatureState | Signed {
  const commit = readSignedCommit(bytes);
  if (!commit) return { kind: 'untrusted', message: 'has more than one signature' };
  const { payload, signature } = commit;
  if (signature === undefined) return { kind: 'unsigned' };
  if (signature.startsWith(SSH_ARMOUR)) return verifySshSignature(payload, signature, sshKeys);
  if (!signature.startsWith(PGP_ARMOUR)) return { kind: 'untrusted', message: 'has a signature of a kind that is not supported (neither SSH nor GPG)' };
  return hasPgpKeys ? { payload, signature } : { kind: 'untrusted', message: 'is signed with GPG, and the gate has no such key' };
}

function isSigned(one: SignatureState | Signed): one is Signed {
  return 'payload' in one;
}
