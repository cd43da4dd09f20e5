import { agentClaims } from '@sluice/contracts';
import { clusterName, isName, messageOf, Unauthenticated } from '@sluice/kernel';
import type { Cluster, Clusters, ServerNonce } from '@sluice/usecases';
import { importJWK, jwtVerify, type JWTHeaderParameters } from 'jose';

const REVOKED = 'this cluster is revoked: enrol its agent again with a new join token';

/** Verifies the tokens that agents sign: by the enrolled key of the cluster that the token names, over a nonce of ours that is still good. */
export class AgentTokens {
  constructor(
    private readonly clusters: Clusters,
    private readonly nonces: ServerNonce,
  ) {}

  /** @throws Unauthenticated with the reason. */
  async verify(token: string): Promise<Cluster> {
    let cluster: Cluster | undefined;
    const keyOf = async (header: JWTHeaderParameters) => {
      cluster = await this.enrolled(header.kid);
      return importJWK({ kty: 'OKP', crv: 'Ed25519', x: cluster.publicKey }, 'EdDSA');
    };
    const { payload } = await jwtVerify(token, keyOf, { algorithms: ['EdDSA'], audience: 'sluice' }).catch((error: unknown) => refuse(error));
    const claims = agentClaims.safeParse(payload);
    if (!cluster || !claims.success || claims.data.sub !== cluster.name) throw new Unauthenticated('this agent token does not say who it is');
    if (this.nonces.expiry(claims.data.nonce) === undefined) throw new Unauthenticated('the nonce in this agent token is not ours or has expired: fetch another from /agent/v1/nonce');
    return cluster;
  }

  private async enrolled(kid: string | undefined): Promise<Cluster> {
    const cluster = kid === undefined || !isName(kid) ? undefined : await this.clusters.get(clusterName(kid));
    if (!cluster) throw new Unauthenticated('no such cluster is enrolled here');
    if (cluster.revoked) throw new Unauthenticated(REVOKED);
    return cluster;
  }
}

function refuse(error: unknown): never {
  if (error instanceof Unauthenticated) throw error;
  throw new Unauthenticated(`this agent token cannot be verified: ${messageOf(error)}`, { cause: error });
}
