import type { CommitSha, Instant, PersonName, RepositoryId } from '@sluice/kernel';
import type { ForgePeople } from './forge-people.js';
import type { ChangeRequests, CommitStatuses, MergeMethod, PushLog, RepositoryAccess, Reviews } from './forge.js';

/** Forges that Sluice reaches over the network, with a credential. */
export const REMOTE_FORGES = ['github', 'gitlab', 'gitea', 'forgejo'] as const;
export type RemoteForgeKind = (typeof REMOTE_FORGES)[number];
export type ForgeKind = 'builtin' | RemoteForgeKind;

/** Where a repository is when it is not in the built-in forge. */
export interface RemotePlace {
  /** The name of a stored credential. */
  readonly credential: string;
  /** `owner/name`, on GitLab with every group above it; as the forge spells it. */
  readonly path: string;
  /** The secret of its webhook, sealed. */
  readonly hook?: string;
}

/** What proves to a forge who asks. Only encrypted on the disk; never in a log, an error or an answer. */
export type ForgeSecret =
  /** GitHub: a fine-grained or classic token; GitLab: a personal, project or group access token; Gitea and Forgejo: an access token. */
  | { readonly kind: 'token'; readonly token: string }
  /** A GitHub App. Without an installation it is the one of the repository's owner. */
  | { readonly kind: 'app'; readonly appId: number; readonly privateKey: string; readonly installation?: number };

/** How a forge is reached. */
export interface ForgeConnection {
  readonly kind: RemoteForgeKind;
  /** Where people see it, without a slash at the end, such as `https://github.com` or `https://git.example.org/gitlab`. The API's address follows from it. */
  readonly url: string;
  /** Asked for each time: it may have been rotated. */
  secret(): Promise<ForgeSecret>;
}

/** What of a forge is remembered between calls and processes, for one credential. Losing any of it costs a call, nothing else. */
export interface ForgeMemory {
  get(key: string): Promise<string | undefined>;
  put(key: string, value: string): Promise<void>;
  /** Forgets every key that begins so. */
  forget(prefix: string): Promise<void>;
}

/** What every forge adapter is made with. */
export interface ForgeParts {
  /** Where a repository is on the forge. @throws NotFound */
  path(repository: RepositoryId): Promise<string>;
  /** The way out: it refuses addresses that the server does not allow. Redirects are not followed with the credential to another host. */
  readonly fetch: typeof fetch;
  readonly memory: ForgeMemory;
  readonly clock: () => Instant;
  /** Each call as it went over the wire; without a status no whole answer came. */
  readonly onCall?: (call: { readonly status?: number; readonly limited?: true }) => void;
}

/** What a credential may do with a repository. */
export interface ForgeCheck {
  /** Who Sluice is there. */
  readonly login: string;
  /** Where the repository is, as the forge spells it: forges lead from the name that one had before it was renamed or transferred to the one that it has now. */
  readonly path: string;
  readonly defaultBranch: string;
  readonly mergeMethods: readonly MergeMethod[];
  /** Permissions that are needed and are not there, each with what it is for, such as `pull requests: write (opens and merges promotion requests)`. Empty: everything works. */
  readonly missing: readonly string[];
  /** What works otherwise than people may expect, such as branches that are deleted after a merge, or protection that Sluice cannot satisfy. */
  readonly notes: readonly string[];
}

/** A forge over one credential: the narrow ports for every repository that is connected with it. */
export interface RemoteForge {
  readonly changes: ChangeRequests;
  readonly reviews: Reviews;
  readonly statuses: CommitStatuses;
  readonly access: RepositoryAccess;
  readonly pushes: PushLog;
  readonly people: ForgePeople;
  /** @throws Unauthenticated when the credential is not (any more) one; NotFound when the repository is not there, or not for it. */
  check(repository: RepositoryId): Promise<ForgeCheck>;
  /** Makes the webhook that tells Sluice what happens there, or brings the one with this address up to date. @throws Forbidden naming the missing permission. */
  hook(repository: RepositoryId, hook: { readonly url: string; readonly secret: string }): Promise<void>;
  unhook(repository: RepositoryId, url: string): Promise<void>;
  close(): Promise<void>;
}

/** What a webhook says has happened: only where to look, never what to believe. */
export type ForgeEvent =
  | { readonly kind: 'push'; readonly ref: string; readonly before?: CommitSha; readonly after?: CommitSha; /** The login that pushed. */ readonly by: string; /** The commits that it says were pushed; may be cut off. */ readonly commits: readonly CommitSha[] }
  /** Opened, changed, closed, merged, reviewed or commented on. */
  | { readonly kind: 'request'; readonly number: number; readonly sourceBranch: string; readonly targetBranch: string; /** The login that did it, where it says so. */ readonly by?: string; /** Nothing but its reviews. */ readonly about?: 'reviews' }
  | { readonly kind: 'status'; readonly commit: CommitSha; readonly context?: string }
  /** A test of the connection, or what Sluice has no use for. */
  | { readonly kind: 'nothing' };

export interface WebhookDelivery {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it came: signatures are over these bytes. */
  readonly body: Uint8Array;
}

/** How deliveries of a kind of forge are checked and read. */
export interface WebhookFormat {
  /** Compares in constant time. */
  verify(delivery: WebhookDelivery, secret: string): Promise<boolean>;
  /** The repository's path on the forge and what happened. @throws InvalidInput for a body that is not what the forge documents. */
  read(delivery: WebhookDelivery): { readonly path?: string; readonly event: ForgeEvent };
}

/** A stored credential, without what is secret about it. */
export interface ForgeCredential {
  readonly name: string;
  readonly kind: RemoteForgeKind;
  /** As in {@link ForgeConnection}. */
  readonly url: string;
  /** The secret, sealed. */
  readonly sealed: string;
  /** When the secret was stored. */
  readonly changedAt: Instant;
}

/** A login of a forge, and the person whose it is. */
export interface LinkedAccount {
  /** As in {@link ForgeConnection}. */
  readonly url: string;
  /** As the forge spells it; compared without regard to case. */
  readonly login: string;
  readonly person: PersonName;
}

/** What is stored about forges that are reached over the network. */
export interface ForgeStore {
  credentials(): Promise<readonly ForgeCredential[]>;
  credential(name: string): Promise<ForgeCredential | undefined>;
  /** Makes or changes one. */
  saveCredential(credential: ForgeCredential): Promise<void>;
  removeCredential(name: string): Promise<void>;
  /** What is remembered of the forge that a credential is for. */
  memory(credential: string): ForgeMemory;
  accounts(): Promise<readonly LinkedAccount[]>;
  /** Undefined: the login is nobody's. */
  account(login: Pick<LinkedAccount, 'url' | 'login'>): Promise<LinkedAccount | undefined>;
  /** One login is one person's: who had it before has it no longer, nor an account of their own there with it. */
  link(account: LinkedAccount): Promise<void>;
  /** Links a login that is nobody's. @returns whose it is then, which may be somebody else. */
  claim(account: LinkedAccount): Promise<LinkedAccount & { readonly isNew: boolean }>;
  unlink(account: Pick<LinkedAccount, 'url' | 'login'>): Promise<void>;
  /** Who pushed these commits, as the forge has told. What is known stays. */
  notePushes(repository: RepositoryId, by: string, commits: readonly CommitSha[]): Promise<void>;
  pushers(repository: RepositoryId, commits: readonly CommitSha[]): Promise<ReadonlyMap<CommitSha, string>>;
}

/** Makes secrets unreadable for whoever has the database and not the server's key. */
export interface Sealer {
  /** `context`: where it belongs; it opens nowhere else. @throws Unsupported when the server has no key. */
  seal(secret: string, context: string): string;
  /** @throws Unsupported when the server has no key, or not the one that it was sealed with. */
  open(sealed: string, context: string): string;
}
