import { createHash, randomBytes } from 'node:crypto';
import { Forbidden, InvalidInput, NotFound, Unauthenticated } from '@sluice/kernel';
import { hashSecret } from '../people/secret.js';
import type { ForgeCredential, OauthClient, OwnAccountStore, PendingAuthorization, People, Person, PersonalGrant, Sealer, StoredAccount } from '../ports/index.js';
import { assertPerson, type LinkOwnAccount } from './link-own-account.js';
import { openClient } from './personal-grant.js';
import type { RemoteForges } from './remote-forges.js';

/** How long somebody may take on the forge. */
const LIFETIME = 10 * 60_000;
const LONGEST = 2_000;

interface Ports {
  readonly ownAccounts: OwnAccountStore;
  readonly people: Pick<People, 'get'>;
  readonly sealer: Sealer;
}

/** Where a browser is sent, and what it has to bring back in a cookie. `lifetime` in milliseconds. */
export interface Authorization {
  readonly url: string;
  readonly browserSecret: string;
  readonly lifetime: number;
}

/** What a forge sends a browser back with. */
export interface AuthorizationAnswer {
  readonly state?: string | undefined;
  readonly code?: string | undefined;
  readonly error?: string | undefined;
}

/**
 * Linking one's own account by allowing it on the forge (OAuth 2.0 with PKCE). The answer is good once, for ten minutes, and in the browser that was sent there: an address that somebody forwards binds nobody, and
 * an answer that is put into somebody else's browser neither.
 */
export class AuthorizeAccount {
  constructor(
    private readonly ports: Ports,
    private readonly remotes: Pick<RemoteForges, 'by' | 'credential'>,
    private readonly link: LinkOwnAccount,
  ) {}

  /** The forge that somebody would be sent to. @throws NotFound when it has no client. */
  async forge(credential: string, by: Person): Promise<ForgeCredential> {
    assertPerson(by);
    return (await this.clientOf(credential)).forge;
  }

  /** @throws NotFound when the forge has no client; Forbidden for a machine. */
  async begin({ credential, redirectUri }: { readonly credential: string; readonly redirectUri: string }, by: Person): Promise<Authorization> {
    assertPerson(by);
    const { forge, client } = await this.clientOf(credential);
    const [state, browserSecret, verifier] = [newSecret(), newSecret(), newSecret()];
    const pending = { person: by.name, credential, verifier: this.ports.sealer.seal(verifier, contextOf(state)) };
    await this.ports.ownAccounts.begin({ state: hashSecret(state), browser: hashSecret(browserSecret) }, pending, LIFETIME);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const url = this.remotes.by(forge).people.authorizeUrl(client, { state, redirectUri, challenge });
    return { url: url.href, browserSecret, lifetime: LIFETIME };
  }

  /** @throws Unauthenticated when nothing of the kind was begun in this browser; Forbidden when the person has not allowed it; and like linking with a token. */
  async finish(answer: AuthorizationAnswer, browserSecret: string | undefined, redirectUri: string): Promise<StoredAccount> {
    const { state, code, error } = answer;
    const pending = await this.take(state, browserSecret);
    if (!pending) throw new Unauthenticated('this was not begun in this browser, has ended already, or took more than 10 minutes: begin again');
    const { forge, client } = await this.clientOf(pending.credential);
    if (error !== undefined) throw new Forbidden(error === 'access_denied' ? `you have not allowed it on ${forge.url}: nothing was linked` : `${forge.url} has refused it (${printable(error)}): nothing was linked`);
    if (code === undefined || code.length > LONGEST) throw new InvalidInput(`${forge.url} has sent no code: begin again`);
    const by = await this.ports.people.get(pending.person);
    if (!by) throw new Unauthenticated('whoever has begun this is no person of this server any more');
    const verifier = this.ports.sealer.open(pending.verifier, contextOf(state ?? ''));
    return this.link.keep(forge, { how: 'oauth', grant: await this.exchange(forge, client, { code, redirectUri, verifier }) }, by);
  }

  private async take(state: string | undefined, browserSecret: string | undefined): Promise<PendingAuthorization | undefined> {
    if (state === undefined || browserSecret === undefined) return undefined;
    return this.ports.ownAccounts.take({ state: hashSecret(state), browser: hashSecret(browserSecret) });
  }

  private async exchange(forge: ForgeCredential, client: OauthClient, given: { readonly code: string; readonly redirectUri: string; readonly verifier: string }): Promise<PersonalGrant> {
    try {
      return await this.remotes.by(forge).people.exchange(client, given);
    } catch (error) {
      if (error instanceof Unauthenticated) throw new InvalidInput(`${forge.url} does not take the code, or this server's OAuth client: begin again, and if it stays so ask an admin (\`sluice credential oauth ${forge.name}\`)`, { cause: error });
      throw error;
    }
  }

  private async clientOf(credential: string): Promise<{ readonly forge: ForgeCredential; readonly client: OauthClient }> {
    const forge = await this.remotes.credential(credential);
    const stored = await this.ports.ownAccounts.client(credential);
    if (!stored) throw new NotFound(`${credential} has no OAuth client: link your account with a token of yours (\`sluice account link ${credential} --token-file <file>\`), or ask an admin for \`sluice credential oauth ${credential}\``);
    return { forge, client: openClient(this.ports.sealer, stored) };
  }
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** A verifier opens with the state that it belongs to only. */
function contextOf(state: string): string {
  return `authorization ${hashSecret(state)}`;
}

/** Anybody can call the address with anything: no more than the names that the standard has. */
function printable(error: string): string {
  return /^[a-z_]{1,40}$/.test(error) ? error : 'for a reason that it does not name';
}
