import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type Clock, InvalidInput, Turns } from '@sluice/kernel';
import type { ForgeSecret } from '@sluice/usecases';
import { SignJWT } from 'jose';
import { z } from 'zod';

export type AppSecret = Extract<ForgeSecret, { kind: 'app' }>;

/** A token of an installation lives for an hour: docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app */
export interface InstallationToken {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly permissions: Readonly<Record<string, string>>;
}

/** Milliseconds before its end when a token is not used any more: a fetch that begins with it must also end with it. */
const SPARE = 5 * 60_000;
/** Seconds that GitHub's clock may be behind ours. */
const SKEW = 60;
/** Seconds; GitHub takes ten minutes at most. */
const LIFETIME = 9 * 60;

export const zInstallationToken = z.object({ token: z.string().min(1), expires_at: z.string().transform((text) => Date.parse(text)).refine((at) => !Number.isNaN(at)), permissions: z.record(z.string(), z.string()).catch({}) });

/**
 * What proves that a call comes from an app. Octokit's own strategy (auth-app) is not used: it keeps the tokens that are being made in one map of the process by the installation's number alone, so that two
 * servers with the same number could get each other's, and it knows no clock but the machine's.
 * @throws InvalidInput when the key is no RSA key
 */
export async function appProof({ appId, privateKey }: AppSecret, clock: Clock): Promise<string> {
  const now = Math.floor(clock() / 1_000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(String(appId))
    .setIssuedAt(now - SKEW)
    .setExpirationTime(now + LIFETIME)
    .sign(rsaKey(privateKey));
}

/** GitHub gives out PKCS#1, and both forms are in use. */
function rsaKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem.replaceAll('\\n', '\n'));
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // the error could quote the key
  }
  throw new InvalidInput("The private key of the GitHub App is no RSA key in PEM form: download one in the app's settings");
}

/** Tokens of installations, only in this process' memory: made when needed, used again until shortly before their end, and made by one at a time. */
export class InstallationTokens {
  private readonly known = new Map<string, InstallationToken>();
  private readonly turns = new Turns();

  constructor(
    private readonly clock: Clock,
    private readonly make: (installation: number) => Promise<InstallationToken>,
  ) {}

  /** @param owner tells apart the keys of an app: after a rotation the new one has to prove itself */
  async of(installation: number, owner: string): Promise<InstallationToken> {
    const key = `${owner}:${installation}`;
    return this.usable(key) ?? this.turns.take(key, async () => this.usable(key) ?? this.renew(key, installation));
  }

  /** It was refused: revoked, or the installation was made anew. */
  forget(token: string): void {
    for (const [key, known] of this.known) if (known.token === token) this.known.delete(key);
  }

  private usable(key: string): InstallationToken | undefined {
    const known = this.known.get(key);
    return known && known.expiresAt - SPARE > this.clock() ? known : undefined;
  }

  private async renew(key: string, installation: number): Promise<InstallationToken> {
    const made = await this.make(installation);
    this.known.set(key, made);
    return made;
  }
}
