import type { AuditDoor, AuditEntry, AuditPlace, AuditWho, ChainPoint, ChainRecord, Json, SignedHead, VerifySignature } from '@sluice/audit';
import type { Instant, PersonName } from '@sluice/kernel';
import type { Page } from './store.js';

/** Who asks, by which door and from where: known at the edge, for all that a request writes. */
export interface AuditOrigin {
  /** Absent where the use case finds out: a login link, a join token. */
  readonly who?: AuditWho;
  readonly door: AuditDoor;
  readonly from?: AuditEntry['from'];
}

/** A write, as the use case that does it knows it. Never holds a secret. */
export interface AuditAct {
  /** A verb that stays the same over versions: `promotion.approve`. */
  readonly action: string;
  readonly place?: AuditPlace;
  readonly before?: Json;
  readonly after?: Json;
  readonly why?: string;
  /** Absent: whoever asks; when nobody does, Sluice. `sluice`: by itself, although somebody's request led to it. */
  readonly by?: PersonName | 'sluice' | AuditWho;
  /** Absent: the caller's. */
  readonly door?: AuditDoor;
  /** Who that is on the forge, when it came from there. */
  readonly login?: string;
}

/** The record of every write. Inside a transaction the entries are written at its very end and with it; outside at once. */
export interface AuditLog {
  append(...acts: readonly AuditAct[]): Promise<void>;
}

export interface AuditFilter {
  readonly since?: Instant;
  readonly until?: Instant;
  readonly person?: string;
  readonly repository?: string;
  readonly action?: string;
}

/** An entry with what it is found by. */
export interface StoredAudit extends ChainRecord {
  readonly found: { readonly at: Instant; readonly person: string; readonly repository?: string; readonly action: string };
}

/** Where the chain is kept. Nothing in it is ever changed, and only what a checkpoint stands for is removed. */
export interface AuditStore {
  /** Chains them on, in this order. In a transaction at its end, in one statement. */
  append(entries: readonly AuditEntry[]): Promise<void>;
  /** Newest first. */
  list(filter: AuditFilter & { readonly before?: number; readonly limit: number }): Promise<Page<StoredAudit>>;
  get(sequence: number): Promise<StoredAudit | undefined>;
  /** In the chain's order, from behind a place on. */
  after(sequence: number, limit: number): Promise<readonly StoredAudit[]>;
  /** The last of those entries behind a place that are all from before a time, and at most so many: undefined when the first is not. */
  lastBefore(time: Instant, range: { readonly after: number; readonly limit: number }): Promise<number | undefined>;
  end(): Promise<ChainPoint>;
  /** What the entries that are kept go on from: absent when none were ever removed. */
  checkpoint(): Promise<SignedHead | undefined>;
  /** Removes the entries up to a signed place; the place is kept. @throws Conflict when the chain has another hash there. */
  expire(checkpoint: SignedHead): Promise<number>;
  heads(): Promise<readonly SignedHead[]>;
  /** The one that counts most. */
  newestHead(): Promise<SignedHead | undefined>;
  addHead(head: SignedHead): Promise<void>;
}

/** Signs heads with the server's key. */
export interface HeadSigner {
  /** Names the key. */
  readonly key: string;
  sign(text: string): string;
}

/** The public keys that servers on this database have signed with. */
export interface AuditKeys {
  /** Those of these names that are known, in PEM, and the server's own. */
  publicKeys(names: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** Checks signatures by keys of these names. */
  verifier(names: readonly string[]): Promise<VerifySignature>;
}

/** A place outside of the database that signed heads are told to: whoever changes the database does not change what was said there. */
export interface HeadWitness {
  /** For people: `refs/sluice/audit of shop`. */
  readonly name: string;
  tell(head: SignedHead): Promise<void>;
  /** What it was told, oldest first. @throws Unavailable when it does not answer. */
  heads(): Promise<readonly SignedHead[]>;
}
