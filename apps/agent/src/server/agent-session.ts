import { performance } from 'node:perf_hooks';
import { nonce as nonceSchema, type Nonce } from '@sluice/contracts';
import type { ClusterName } from '@sluice/kernel';
import { importJWK, SignJWT } from 'jose';
import type { Identity } from '../disk/agent-folder.js';
import { askServer } from './server-client.js';

/** The part of a nonce's life after which another is asked for. */
const RENEW_AFTER = 0.6;

/** Signs tokens over the server's nonces. How long one is good counts from when it came, by a clock that nobody sets: what time it is here does not matter. */
export class AgentSession {
  private current: { readonly token: Promise<string>; readonly renewAt: number } | undefined;
  private asking: Promise<string> | undefined;

  constructor(
    readonly serverUrl: string,
    private readonly cluster: ClusterName,
    private identity: Identity,
  ) {}

  /** A token that is good for a while yet. @throws Unavailable */
  async token(): Promise<string> {
    if (this.current && performance.now() < this.current.renewAt) return this.current.token;
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    return this.asking;
  }

  /** Takes a nonce that the server sent by itself. */
  offer(nonce: Nonce): Promise<string> {
    const token = this.sign(nonce.nonce);
    this.current = { token, renewAt: performance.now() + nonce.expiresInSeconds * 1_000 * RENEW_AFTER };
    return token;
  }

  /** The server did not take this token: the next is over a fresh nonce. */
  async forget(token: string): Promise<void> {
    if (this.current && (await this.current.token) === token) this.current = undefined;
  }

  /** From now on tokens are signed with another key. */
  renew(identity: Identity): void {
    this.identity = identity;
    this.current = undefined;
  }

  private async ask(): Promise<string> {
    return this.offer(await askServer(this.serverUrl, { method: 'GET', path: '/agent/v1/nonce', answer: nonceSchema }));
  }

  private async sign(nonce: string): Promise<string> {
    const key = await importJWK({ ...this.identity.privateKey }, 'EdDSA');
    return new SignJWT({ nonce }).setProtectedHeader({ alg: 'EdDSA', kid: this.cluster }).setSubject(this.cluster).setAudience('sluice').sign(key);
  }
}
