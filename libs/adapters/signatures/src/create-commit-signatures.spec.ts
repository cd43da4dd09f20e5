import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { commitSha } from '@sluice/kernel';
import { describeWithProgram } from '@sluice/testing';
import type { RawCommit, SignatureState } from '@sluice/usecases';
import { createCommitSignatures } from './create-commit-signatures.js';
import { Signers } from './signers.fixture.js';
import { sshString } from './ssh-wire.js';

const check = async (commit: RawCommit, ...keys: readonly string[]): Promise<SignatureState | undefined> => (await createCommitSignatures().verify([commit], keys))[0];
const changed = ({ sha, bytes }: RawCommit, from: string, to: string): RawCommit => ({ sha, bytes: Buffer.from(Buffer.from(bytes).toString('latin1').replace(from, to), 'latin1') });
const NOT_OVER_THIS = { kind: 'untrusted', message: 'has a signature that is not over this commit' };

let signers: Signers;
beforeEach(() => void (signers = new Signers()));
afterEach(() => signers.close());

test('a commit without a signature is not signed', async () => {
  expect(await check(signers.commit('nobody'))).toEqual({ kind: 'unsigned' });
});

describeWithProgram('ssh-keygen', 'a signature that git makes with ssh-keygen', () => {
  it.each([
    ['ed25519', ['-t', 'ed25519']],
    ['RSA', ['-t', 'rsa', '-b', '2048']],
    ['ECDSA on P-256', ['-t', 'ecdsa', '-b', '256']],
    ['ECDSA on P-384', ['-t', 'ecdsa', '-b', '384']],
    ['ECDSA on P-521', ['-t', 'ecdsa', '-b', '521']],
  ])('with %s is trusted when its key is, and only over what was signed', async (_, options) => {
    const [key, other] = [signers.sshKey('ada', ...options), signers.sshKey('bob', '-t', 'ed25519')];
    const commit = signers.commit({ ssh: 'ada' }, 'grün\n\nä ö\n');
    expect(await check(commit, other, key)).toEqual({ kind: 'trusted' });
    expect(await check(commit, other)).toEqual({ kind: 'untrusted', message: expect.stringMatching(/^is signed with a key that is not among the gate's \(SHA256:[\w+/]{43}\)$/) });
    expect(await check(changed(commit, 'Ada', 'Eve'), key)).toEqual(NOT_OVER_THIS);
    // the message, not the letters of a signature
    expect(await check(changed(commit, '\n\ngr', '\n\nGr'), key)).toEqual(NOT_OVER_THIS);
  });

  it('over many commits is checked for each', async () => {
    const key = signers.sshKey('ada', '-t', 'ed25519');
    const commits = [signers.commit({ ssh: 'ada' }), signers.commit('nobody'), signers.commit({ ssh: 'ada' })];
    expect((await createCommitSignatures().verify(commits, [key])).map(({ kind }) => kind)).toEqual(['trusted', 'unsigned', 'trusted']);
  });

  it('of another commit is none', async () => {
    const key = signers.sshKey('ada', '-t', 'ed25519');
    const [one, two] = [signers.commit({ ssh: 'ada' }, 'one'), signers.commit({ ssh: 'ada' }, 'two')];
    const signatureOf = ({ bytes }: RawCommit): string => /gpgsig [\s\S]*?SIGNATURE-----\n(?! )/.exec(Buffer.from(bytes).toString('latin1').replace(/-----END SSH SIGNATURE-----\n \n/, '-----END SSH SIGNATURE-----\n'))?.[0] ?? '';
    expect(await check(changed(one, signatureOf(one), signatureOf(two)), key)).toEqual(NOT_OVER_THIS);
  });

  it('that was made for a file counts for no commit', async () => {
    const key = signers.sshKey('ada', '-t', 'ed25519');
    const commit = signers.commit({ ssh: 'ada' });
    const blob = /BEGIN SSH SIGNATURE-----\n([\s\S]+?)\n -----END/.exec(Buffer.from(commit.bytes).toString('latin1'))?.[1] ?? '';
    const forFile = Buffer.from(Buffer.from(blob.replace(/\s/g, ''), 'base64').toString('latin1').replace('\u0000\u0000\u0000\u0003git', '\u0000\u0000\u0000\u0004file'), 'latin1').toString('base64');
    expect(await check(changed(commit, blob, forFile), key)).toEqual({ kind: 'untrusted', message: 'has a signature that cannot be read' });
  });

  it('that is there twice counts not at all', async () => {
    const key = signers.sshKey('ada', '-t', 'ed25519');
    const commit = signers.commit({ ssh: 'ada' });
    expect(await check(changed(commit, 'gpgsig ', 'gpgsig-sha256 x\ngpgsig '), key)).toEqual({ kind: 'untrusted', message: 'has more than one signature' });
  });
});

describe('a signature by a key on a token', () => {
  // what ssh-keygen makes with such a token; there is none in a test
  function signedByToken(flags: number): { readonly commit: RawCommit; readonly key: string } {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const x = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    const [type, application, state] = ['sk-ssh-ed25519@openssh.com', 'ssh:', Buffer.from([flags, 0, 0, 0, 7])];
    const blob = Buffer.concat([sshString(type), sshString(x), sshString(application)]);
    const bytes = signers.commit('nobody').bytes;
    const hash = (text: Uint8Array | string, algorithm = 'sha256'): Buffer => createHash(algorithm).update(text).digest();
    const signed = Buffer.concat([Buffer.from('SSHSIG'), sshString('git'), sshString(''), sshString('sha512'), sshString(hash(bytes, 'sha512'))]);
    const signature = Buffer.concat([sshString(type), sshString(sign(null, Buffer.concat([hash(application), state, hash(signed)]), privateKey)), state]);
    const armoured = Buffer.concat([Buffer.from('SSHSIG\u0000\u0000\u0000\u0001'), sshString(blob), sshString('git'), sshString(''), sshString('sha512'), sshString(signature)]).toString('base64');
    const header = `gpgsig -----BEGIN SSH SIGNATURE-----\n ${armoured}\n -----END SSH SIGNATURE-----\n`;
    const [head, ...body] = Buffer.from(bytes).toString('latin1').split('\n\n');
    return { commit: { sha: commitSha('a'.repeat(40)), bytes: Buffer.from(`${head}\n${header}\n${body.join('\n\n')}`, 'latin1') }, key: `${type} ${blob.toString('base64')} ada` };
  }
  it('is trusted when its holder touched it', async () => {
    const { commit, key } = signedByToken(1);
    expect(await check(commit, key)).toEqual({ kind: 'trusted' });
  });
  it('is not when nobody did', async () => {
    const { commit, key } = signedByToken(0);
    expect(await check(commit, key)).toEqual(NOT_OVER_THIS);
  });
});

describeWithProgram('gpg', 'a signature that git makes with gpg', () => {
  it('is trusted when its key is, and only over what was signed', async () => {
    const [key, other] = [signers.gpgKey('ada@example.org'), signers.gpgKey('bob@example.org')];
    const commit = signers.commit({ gpg: 'ada@example.org' });
    expect(await check(commit, other, key)).toEqual({ kind: 'trusted' });
    expect(await check(commit, other)).toEqual({ kind: 'untrusted', message: expect.stringMatching(/^is signed with a key that is not among the gate's \([0-9A-F]+\)$/) });
    expect(await check(changed(commit, 'Ada', 'Eve'), key)).toEqual(NOT_OVER_THIS);
  });

  it('says so when the gate has no such key, without asking gpg', async () => {
    signers.gpgKey('ada@example.org');
    const commit = signers.commit({ gpg: 'ada@example.org' });
    expect(await createCommitSignatures({ gpg: '/no/such/gpg' }).verify([commit], [])).toEqual([{ kind: 'untrusted', message: 'is signed with GPG, and the gate has no such key' }]);
  });

  it('says what is missing when gpg is not installed', async () => {
    const key = signers.gpgKey('ada@example.org');
    const commits = [signers.commit({ gpg: 'ada@example.org' }), signers.commit('nobody')];
    const states = await createCommitSignatures({ gpg: '/no/such/gpg' }).verify(commits, [key]);
    expect(states).toEqual([{ kind: 'unchecked', message: expect.stringContaining('gpg is not installed on the server') }, { kind: 'unsigned' }]);
  });

  it('is not trusted when its key has expired', async () => {
    signers.gpgKey('ada@example.org');
    const commit = signers.commit({ gpg: 'ada@example.org' });
    const [fingerprint = ''] = /[0-9A-F]{40}/.exec(signers.gpg('--list-keys', 'ada@example.org')) ?? [];
    signers.gpg('--quick-set-expire', fingerprint, 'seconds=1');
    const key = signers.gpg('--armor', '--export', 'ada@example.org');
    while ((await check(commit, key))?.kind === 'trusted') await sleep(200);
    expect(await check(commit, key)).toEqual({ kind: 'untrusted', message: 'is signed with a key, or a signature, that has expired' });
  });
});

describe('what is no signature', () => {
  const withHeader = (header: string): RawCommit => changed(signers.commit('nobody'), '\n\n', `\ngpgsig ${header}\n\n`);
  it.each([
    ['no armour', 'x', 'has a signature of a kind that is not supported (neither SSH nor GPG)'],
    ['a certificate’s', '-----BEGIN SIGNED MESSAGE-----\n x\n -----END SIGNED MESSAGE-----', 'has a signature of a kind that is not supported (neither SSH nor GPG)'],
    ['nothing in its armour', '-----BEGIN SSH SIGNATURE-----\n -----END SSH SIGNATURE-----', 'has a signature that cannot be read'],
    ['too little in it', '-----BEGIN SSH SIGNATURE-----\n U1NIU0lHAAAAAQ==\n -----END SSH SIGNATURE-----', 'has a signature that cannot be read'],
  ])('with %s is not trusted', async (_, header, message) => {
    expect(await check(withHeader(header))).toEqual({ kind: 'untrusted', message });
  });
});
