import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitSha } from '@sluice/kernel';
import { programOnPath } from '@sluice/testing';
import type { RawCommit } from '@sluice/usecases';

/** A repository in which commits are signed by git itself, with keys made for it. */
export class Signers {
  private readonly folder = mkdtempSync(join(tmpdir(), 'sluice-signers-'));
  private readonly env = { PATH: process.env['PATH'] ?? '', HOME: this.folder, GNUPGHOME: this.folder, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };

  constructor() {
    this.git('init', '--quiet');
  }

  /** Makes a key for SSH. @returns its public line. */
  sshKey(name: string, ...options: readonly string[]): string {
    this.run('ssh-keygen', '-q', '-N', '', '-C', name, '-f', join(this.folder, name), ...options);
    return readFileSync(join(this.folder, `${name}.pub`), 'utf8').trim();
  }

  /** Makes a key for GPG. @returns its public block. */
  gpgKey(address: string): string {
    this.gpg('--passphrase', '', '--quick-generate-key', address, 'ed25519', 'sign');
    return this.gpg('--armor', '--export', address).trim();
  }

  gpg(...args: readonly string[]): string {
    return this.run('gpg', '--batch', '--quiet', '--pinentry-mode', 'loopback', ...args);
  }

  /** Commits nothing, signed with SSH, with GPG or not at all. */
  commit(by: { readonly ssh: string } | { readonly gpg: string } | 'nobody', message = 'a change\n\nwith more\n'): RawCommit {
    this.git(...identity(by, this.folder), 'commit', '--quiet', '--allow-empty', '--allow-empty-message', '-m', message);
    return { sha: commitSha(this.git('rev-parse', 'HEAD').trim()), bytes: execFileSync('git', ['cat-file', 'commit', 'HEAD'], { cwd: this.folder, env: this.env }) };
  }

  git(...args: readonly string[]): string {
    return this.run('git', '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args);
  }

  close(): void {
    if (programOnPath('gpgconf')) this.run('gpgconf', '--kill', 'all');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run(program: string, ...args: readonly string[]): string {
    return execFileSync(program, args, { cwd: this.folder, env: this.env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }
}

function identity(by: Parameters<Signers['commit']>[0], folder: string): readonly string[] {
  if (by === 'nobody') return ['-c', 'commit.gpgSign=false'];
  if ('ssh' in by) return ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${join(folder, by.ssh)}`, '-c', 'commit.gpgSign=true'];
  return ['-c', `user.signingKey=${by.gpg}`, '-c', 'commit.gpgSign=true'];
}
