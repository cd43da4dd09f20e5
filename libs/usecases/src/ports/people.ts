import type { Instant, PersonName, Scope } from '@sluice/kernel';

/** What a provider of identities said of somebody at their last sign-in, and no admin has said here. */
export interface ClaimedRights {
  readonly groups: readonly string[];
  readonly admin: boolean;
}

/** Since when somebody takes no part any more, and whose word that was. */
export interface Deactivation {
  readonly at: Instant;
  readonly by: PersonName;
  readonly reason: string;
}

export interface Person {
  readonly name: PersonName;
  readonly displayName: string;
  readonly emails: readonly string[];
  /** All that count: given by an admin, and claimed. */
  readonly groups: readonly string[];
  readonly admin: boolean;
  /** Of the above, what only the provider says: saving a person never makes it an admin's word. */
  readonly claimed?: ClaimedRights;
  /** A machine's account: it has tokens and no sessions, and its approval is nobody's. */
  readonly service?: true;
  /** They have left: whatever groups and roles they have count for nothing until an admin takes it back. What they did stays theirs. */
  readonly deactivated?: Deactivation;
}

export interface Credential {
  readonly id: string;
  readonly kind: 'token' | 'session' | 'login-link' | 'login-code';
  readonly person: PersonName;
  readonly label: string;
  readonly expiresAt?: Instant;
  /** Absent: all that its person may. */
  readonly scopes?: readonly Scope[];
  /** Absent: every repository. */
  readonly repositories?: readonly string[];
  /** Absent: every environment, and every application. */
  readonly environments?: readonly string[];
  readonly applications?: readonly string[];
  /** It ends when it was not used for so many milliseconds. */
  readonly idle?: number;
  /** The id of the token of the same person that it was made with, or that whatever it was made with was: it ends with that. */
  readonly madeWith?: string;
}

/** A credential as it is listed: never its secret. */
export interface ListedCredential extends Credential {
  readonly createdAt: Instant;
  /** Not exact: see {@link People.noteUse}. */
  readonly usedAt?: Instant;
}

/** Secrets come in and go out as SHA-256 hashes only. */
export interface People {
  /** Makes a person, or changes what admins say of one; what a provider claims, and a deactivation, stays as it was. */
  save(person: Person): Promise<void>;
  /** Makes a person; false, and nothing changes, when there is one of this name. */
  add(person: Person): Promise<boolean>;
  get(name: PersonName): Promise<Person | undefined>;
  list(): Promise<readonly Person[]>;
  /** Like get, and nobody changes or deactivates them until the transaction around it has ended: for what is given to somebody who may be leaving at this moment. */
  hold(name: PersonName): Promise<Person | undefined>;
  /** Everybody; nobody changes or deactivates anybody, and nobody is held, until the transaction around it has ended. */
  holdAll(): Promise<readonly Person[]>;
  /** Undefined takes a deactivation back. */
  deactivate(name: PersonName, deactivation: Deactivation | undefined): Promise<void>;
  /** What a provider says of somebody now, instead of what it said before. */
  claim(name: PersonName, rights: ClaimedRights): Promise<void>;
  /** @throws NotFound when there is no such person, or not what it is made with (any more); Conflict when they are deactivated. */
  addCredential(secretHash: string, credential: Credential): Promise<void>;
  /** Undefined when unknown, expired or idle for too long (database time). */
  byCredential(secretHash: string, kind: Credential['kind']): Promise<{ readonly person: Person; readonly credential: Credential } | undefined>;
  /** Like byCredential, and it is gone afterwards: of two at once only one gets it. */
  consume(secretHash: string, kind: Credential['kind']): Promise<{ readonly person: Person; readonly credential: Credential } | undefined>;
  /** Remembers that a credential is used, when nothing was remembered for `resolution` milliseconds. */
  noteUse(id: string, resolution: number): Promise<void>;
  /** Valid ones, newest first; of everybody without a person. */
  credentials(kinds: readonly Credential['kind'][], person?: PersonName): Promise<readonly ListedCredential[]>;
  /** Ends one, and all that was made with it. @returns what was still good for something. */
  revoke(id: string): Promise<readonly Credential[]>;
  /** All that somebody has, of every kind. @returns those that were still good for something. */
  revokeAll(person: PersonName): Promise<readonly Credential[]>;
}

/** Who somebody is to a provider: `subject` is unique and never given to another, unlike names and addresses. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly person: PersonName;
}

/** What a sign-in under way has to match, found by what only the browser that began it holds. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** The path of ours to go on to. */
  readonly next: string;
}

export interface Identities {
  find(issuer: string, subject: string): Promise<Identity | undefined>;
  /** Returns what is stored then: of two at once the first one. */
  add(identity: Identity): Promise<Identity>;
  remove(issuer: string, subject: string): Promise<void>;
  list(): Promise<readonly Identity[]>;
  /** `lifetime` in milliseconds. */
  begin(browserHash: string, pending: PendingSignIn, lifetime: number): Promise<void>;
  /** It is gone afterwards: of two at once only one gets it. */
  take(browserHash: string, state: string): Promise<PendingSignIn | undefined>;
}

/** A user of Slack: an id means something only in its team. */
export interface SlackUser {
  readonly team: string;
  readonly user: string;
}
export interface LinkedSlackUser extends SlackUser {
  readonly person: PersonName;
  readonly linkedAt: Instant;
}

export interface SlackLinks {
  /** One code a person: a new one takes the place of the old. `lifetime` in milliseconds. */
  offer(codeHash: string, person: PersonName, lifetime: number): Promise<void>;
  /** Whose code it is; gone afterwards, of two at once only one gets it. */
  take(codeHash: string): Promise<PersonName | undefined>;
  /** Counts a try, and says how many there were within `window` milliseconds of the first. */
  countTry(who: SlackUser, window: number): Promise<number>;
  /** As if none had been counted. */
  forgetTries(who: SlackUser): Promise<void>;
  find(who: SlackUser): Promise<LinkedSlackUser | undefined>;
  /** Whether a person has linked any account. */
  hasLinked(person: PersonName): Promise<boolean>;
  /** Returns what is stored then: of two at once the first one. */
  link(who: SlackUser, person: PersonName): Promise<LinkedSlackUser>;
  unlink(who: SlackUser): Promise<void>;
  /** All accounts of a person, and the code under way. @returns the accounts that they had. */
  unlinkAll(person: PersonName): Promise<readonly LinkedSlackUser[]>;
  list(): Promise<readonly LinkedSlackUser[]>;
}
