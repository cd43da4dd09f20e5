const SSH_TYPES = ['ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'];
const BASE64 = /^[A-Za-z0-9+/]{40,}={0,2}$/;
const PGP_BLOCK = /^-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n[\s\S]+\n-----END PGP PUBLIC KEY BLOCK-----$/;

/** Why a text is no public key that signatures can be checked with; undefined when it looks like one. */
export function publicKeyProblem(text: string): string | undefined {
  const key = text.trim();
  if (key.includes('PRIVATE KEY')) return 'is a private key: whoever can read this file can now sign with it; renew it, and write the public key here';
  if (key.startsWith('-----')) return PGP_BLOCK.test(key) ? undefined : 'is no whole block from "-----BEGIN PGP PUBLIC KEY BLOCK-----" to "-----END PGP PUBLIC KEY BLOCK-----"';
  const [type = '', base64 = ''] = key.split(/\s+/);
  if (!SSH_TYPES.includes(type)) return `must be a line such as "ssh-ed25519 AAAA… comment" (${SSH_TYPES.join(', ')}) or a PGP public key block`;
  if (/[\r\n]/.test(key)) return 'has more than one line: write one key in each entry of the list';
  return BASE64.test(base64) && base64.startsWith(beginOf(type)) ? undefined : `is no key of the type ${type}`;
}

/** A key begins with its type and the length of that: as many characters of the base64 as depend on nothing else. */
function beginOf(type: string): string {
  const bytes = `\u0000\u0000\u0000${String.fromCharCode(type.length)}${type}`;
  return btoa(bytes.slice(0, bytes.length - (bytes.length % 3)));
}
