import type { AuditEntry, ChainPoint, SignedHead } from '@sluice/audit';
import { CHAIN_START, entryText } from '@sluice/audit';
import { Conflict, instant, present } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import type { AuditFilter, AuditStore, Page, StoredAudit } from '@sluice/usecases';
import { and, asc, desc, eq, gt, gte, lt, lte, max } from 'drizzle-orm';
import type { Database } from './database.js';
import { auditCheckpoints, auditEnd, auditEntries, auditHeads } from './schema/audit.js';

/** Given by the trigger: nobody else knows the end of the chain. */
const LINKED = { sequence: 0, previous: '', content: '', hash: '' };

export class PostgresAuditStore implements AuditStore {
  constructor(private readonly database: Database) {}

  append(entries: readonly AuditEntry[]): Promise<void> {
    // Last in the transaction: the end of the chain is locked for as short as can be, and after every other lock, so that nobody waits for one of those meanwhile.
    return this.database.atEnd(this, entries, (all) => this.#insert(all));
  }

  async list({ before, limit, ...filter }: AuditFilter & { readonly before?: number; readonly limit: number }): Promise<Page<StoredAudit>> {
    const where = and(...conditions(filter), before === undefined ? undefined : lt(auditEntries.sequence, before));
    const rows = await this.database.query((queries) => queries.select().from(auditEntries).where(where).orderBy(desc(auditEntries.sequence)).limit(limit + 1));
    const items = rows.slice(0, limit).map(toStored);
    return { items, ...present({ next: rows.length > limit ? String(items.at(-1)?.sequence) : undefined }) };
  }

  async get(sequence: number): Promise<StoredAudit | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(auditEntries).where(eq(auditEntries.sequence, sequence)));
    return row && toStored(row);
  }

  async after(sequence: number, limit: number): Promise<readonly StoredAudit[]> {
    const rows = await this.database.query((queries) => queries.select().from(auditEntries).where(gt(auditEntries.sequence, sequence)).orderBy(asc(auditEntries.sequence)).limit(limit));
    return rows.map(toStored);
  }

  async lastBefore(time: Instant, { after, limit }: { readonly after: number; readonly limit: number }): Promise<number | undefined> {
    const among = and(gt(auditEntries.sequence, after), lte(auditEntries.sequence, after + limit));
    // a later entry may be of a clock that was behind: what counts is the first that is not old
    const [kept] = await this.database.query((queries) => queries.select({ sequence: auditEntries.sequence }).from(auditEntries).where(and(among, gte(auditEntries.at, time))).orderBy(asc(auditEntries.sequence)).limit(1));
    if (kept) return kept.sequence - 1 > after ? kept.sequence - 1 : undefined;
    const [row] = await this.database.query((queries) => queries.select({ last: max(auditEntries.sequence) }).from(auditEntries).where(among));
    return row?.last ?? undefined;
  }

  async end(): Promise<ChainPoint> {
    const [row] = await this.database.query((queries) => queries.select().from(auditEnd));
    return row ? { sequence: row.sequence, hash: row.hash } : CHAIN_START;
  }

  async checkpoint(): Promise<SignedHead | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(auditCheckpoints).orderBy(desc(auditCheckpoints.sequence)).limit(1));
    return row && toHead(row);
  }

  /** @throws Conflict when the chain has another hash there. */
  expire(checkpoint: SignedHead): Promise<number> {
    const { sequence, hash } = checkpoint;
    return this.database.transaction(async () => {
      const entry = await this.get(sequence);
      if (entry?.hash !== hash) throw new Conflict(`entry ${sequence} of the audit is not what the checkpoint stands for: nothing was removed`);
      await this.database.query((queries) => queries.insert(auditCheckpoints).values(fromHead(checkpoint)));
      const { rowCount } = await this.database.query((queries) => queries.delete(auditEntries).where(lte(auditEntries.sequence, sequence)));
      return rowCount ?? 0;
    });
  }

  async heads(): Promise<readonly SignedHead[]> {
    const rows = await this.database.query((queries) => queries.select().from(auditHeads).orderBy(asc(auditHeads.sequence)));
    return rows.map(toHead);
  }

  async newestHead(): Promise<SignedHead | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(auditHeads).orderBy(desc(auditHeads.sequence)).limit(1));
    return row && toHead(row);
  }

  async addHead(head: SignedHead): Promise<void> {
    await this.database.query((queries) => queries.insert(auditHeads).values(fromHead(head)).onConflictDoNothing());
  }

  async #insert(entries: readonly AuditEntry[]): Promise<void> {
    await this.database.query((queries) => queries.insert(auditEntries).values(entries.map(toRow)));
  }
}

function conditions({ since, until, person, repository, action }: AuditFilter) {
  return [
    since === undefined ? undefined : gte(auditEntries.at, since),
    until === undefined ? undefined : lt(auditEntries.at, until),
    person === undefined ? undefined : eq(auditEntries.person, person),
    repository === undefined ? undefined : eq(auditEntries.repository, repository),
    action === undefined ? undefined : eq(auditEntries.action, action),
  ];
}

function toRow(entry: AuditEntry): typeof auditEntries.$inferInsert {
  const { at, who, place, action } = entry;
  return { ...LINKED, entry: entryText(entry), at: instant(Date.parse(at)), person: who.name, repository: place.repository ?? null, action };
}

function toStored({ sequence, previous, content, hash, entry, at, person, repository, action }: typeof auditEntries.$inferSelect): StoredAudit {
  return { sequence, previous, content, hash, entry, found: { at, person, action, ...present({ repository: repository ?? undefined }) } };
}

function toHead({ sequence, hash, at, key, signature }: typeof auditHeads.$inferSelect): SignedHead {
  return { sequence, hash, at: new Date(at).toISOString(), key, signature };
}

function fromHead({ sequence, hash, at, key, signature }: SignedHead): typeof auditHeads.$inferInsert {
  return { sequence, hash, at: instant(Date.parse(at)), key, signature };
}
