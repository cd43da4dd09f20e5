import { API, nonce } from '@sluice/contracts';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import type { Answer, TestServer } from './test-server.fixture.js';

export interface WantedCluster {
  readonly cluster: string;
  readonly repository: string;
  readonly environment: string;
}

export interface Claims {
  readonly sub?: string;
  readonly kid?: string;
  readonly aud?: string;
  readonly nonce?: string;
}

/** The protocol's other end: a key pair and what it signs. */
export class TestAgent {
  private constructor(
    readonly server: TestServer,
    readonly cluster: string,
    readonly publicKey: string,
    private readonly privateKey: CryptoKey,
  ) {}

  static async withKey(server: TestServer, cluster: string): Promise<TestAgent> {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const { x = '' } = await exportJWK(publicKey);
    return new TestAgent(server, cluster, x, privateKey);
  }

  /** Makes a join token and spends it. */
  static async enrol(server: TestServer, wanted: WantedCluster): Promise<TestAgent> {
    const agent = await TestAgent.withKey(server, wanted.cluster);
    const answer = await agent.join(await joinToken(server, wanted));
    if (answer.status !== 200) throw new Error(`could not enrol: ${JSON.stringify(answer.body)}`);
    return agent;
  }

  join(token: string): Promise<Answer> {
    return this.server.call('POST', API.agentEnrol.path, { body: { protocol: 1, joinToken: token, publicKey: this.publicKey, agentVersion: '1.0.0' } });
  }

  async token(claims: Claims = {}): Promise<string> {
    const fresh = claims.nonce ?? nonce.parse((await this.server.call('GET', API.agentNonce.path)).body).nonce;
    const { sub = this.cluster, kid = this.cluster, aud = 'sluice' } = claims;
    return new SignJWT({ nonce: fresh }).setProtectedHeader({ alg: 'EdDSA', kid }).setSubject(sub).setAudience(aud).sign(this.privateKey);
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.server.call(method, path, { token: await this.token(), ...(body !== undefined && { body }) });
  }
}

export async function joinToken(server: TestServer, { cluster, repository, environment }: WantedCluster): Promise<string> {
  const { body } = await server.call('POST', API.createJoinToken.path, { token: server.adminToken, body: { cluster, repository, environment } });
  return API.createJoinToken.reply.parse(body).token;
}

