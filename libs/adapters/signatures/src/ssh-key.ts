import { createHash, createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import { SshWire, sshString } from './ssh-wire.js';

/** A public key as OpenSSH writes it. */
export interface SshKey {
  /** What a signature carries along to name its key. */
  readonly blob: Buffer;
  /** Whether `signature` (RFC 4253: its algorithm, then its bytes) is this key's over the bytes. @throws RangeError when it is malformed. */
  verify(bytes: Buffer, signature: Buffer): boolean;
}

type KeyType = (wire: SshWire) => SshKey['verify'];

const CURVES: Readonly<Record<string, { readonly crv: string; readonly hash: string; readonly size: number }>> = {
  nistp256: { crv: 'P-256', hash: 'sha256', size: 32 },
  nistp384: { crv: 'P-384', hash: 'sha384', size: 48 },
  nistp521: { crv: 'P-521', hash: 'sha512', size: 66 },
};
const MIN_RSA_BYTES = 256;
/** SHA-1, the oldest algorithm of RSA keys, is not among them. */
const RSA_HASHES: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' };
const USER_PRESENT = 1;

const TYPES: Readonly<Record<string, KeyType>> = {
  'ssh-ed25519': (wire) => ed25519(wire.string()),
  'ssh-rsa': (wire) => rsa(wire.string(), wire.string()),
  'ecdsa-sha2-nistp256': (wire) => ecdsa(wire.text(), wire.string()),
  'ecdsa-sha2-nistp384': (wire) => ecdsa(wire.text(), wire.string()),
  'ecdsa-sha2-nistp521': (wire) => ecdsa(wire.text(), wire.string()),
  'sk-ssh-ed25519@openssh.com': (wire) => securityKey('sk-ssh-ed25519@openssh.com', ed25519(wire.string(), 'sk-ssh-ed25519@openssh.com'), wire.string()),
  'sk-ecdsa-sha2-nistp256@openssh.com': (wire) => securityKey('sk-ecdsa-sha2-nistp256@openssh.com', ecdsa(wire.text(), wire.string(), 'sk-ecdsa-sha2-nistp256@openssh.com'), wire.string()),
};

/** Reads `ssh-ed25519 AAAA… comment`; undefined when it is no key that can be used. */
export function readSshKey(line: string): SshKey | undefined {
  const [type = '', base64 = ''] = line.trim().split(/\s+/);
  const read = TYPES[type];
  if (!read) return undefined;
  try {
    const blob = Buffer.from(base64, 'base64');
    const wire = new SshWire(blob);
    if (wire.text() !== type) return undefined;
    const check = read(wire);
    wire.end();
    return { blob, verify: check };
  } catch {
    return undefined;
  }
}

function ed25519(x: Buffer, algorithm = 'ssh-ed25519'): SshKey['verify'] {
  const key = keyOf({ kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') });
  return (bytes, signature) => verify(null, bytes, key, signatureOf(signature, algorithm));
}

function rsa(e: Buffer, n: Buffer): SshKey['verify'] {
  const modulus = withoutSign(n);
  if (modulus.length < MIN_RSA_BYTES) throw new RangeError('the key is too short');
  const key = keyOf({ kty: 'RSA', e: withoutSign(e).toString('base64url'), n: modulus.toString('base64url') });
  return (bytes, signature) => {
    const wire = new SshWire(signature);
    const hash = RSA_HASHES[wire.text()];
    return hash !== undefined && verify(hash, bytes, key, wire.string());
  };
}

function ecdsa(curve: string, point: Buffer, algorithm = `ecdsa-sha2-${curve}`): SshKey['verify'] {
  const { crv, hash, size } = CURVES[curve] ?? unknownCurve(curve);
  if (point[0] !== 4 || point.length !== 1 + 2 * size) throw new RangeError('the point is compressed or of another curve');
  const key = keyOf({ kty: 'EC', crv, x: point.subarray(1, 1 + size).toString('base64url'), y: point.subarray(1 + size).toString('base64url') });
  return (bytes, signature) => {
    const wire = new SshWire(signatureOf(signature, algorithm));
    const both = Buffer.concat([padded(wire.string(), size), padded(wire.string(), size)]);
    wire.end();
    return verify(hash, bytes, { key, dsaEncoding: 'ieee-p1363' }, both);
  };
}

/** A key on a token signs the application's name, what its holder did and a counter along with the text. */
function securityKey(algorithm: string, inner: SshKey['verify'], application: Buffer): SshKey['verify'] {
  return (bytes, signature) => {
    const wire = new SshWire(signature);
    if (wire.text() !== algorithm) return false;
    const innerSignature = wire.string();
    const state = wire.take(5);
    wire.end();
    if (((state[0] ?? 0) & USER_PRESENT) === 0) return false;
    const signed = Buffer.concat([sha256(application), state, sha256(bytes)]);
    return inner(signed, Buffer.concat([sshString(algorithm), sshString(innerSignature)]));
  };
}

function signatureOf(signature: Buffer, algorithm: string): Buffer {
  const wire = new SshWire(signature);
  const named = wire.text();
  const bytes = wire.string();
  wire.end();
  if (named !== algorithm) throw new RangeError('the signature is of another algorithm');
  return bytes;
}

function keyOf(jwk: JsonWebKey): KeyObject {
  return createPublicKey({ key: jwk, format: 'jwk' });
}

/** Numbers have a zero in front where they would else look negative. */
function withoutSign(number: Buffer): Buffer {
  return number[0] === 0 ? number.subarray(1) : number;
}

function padded(number: Buffer, size: number): Buffer {
  const bytes = withoutSign(number);
  if (bytes.length > size) throw new RangeError('a number is too large');
  return Buffer.concat([Buffer.alloc(size - bytes.length), bytes]);
}


function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function unknownCurve(curve: string): never {
  throw new RangeError(`there is no curve ${curve}`);
}
