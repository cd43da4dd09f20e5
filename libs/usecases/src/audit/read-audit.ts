import type { ChainLink, ChainPoint, SignedHead } from '@sluice/audit';
import { CHAIN_START } from '@sluice/audit';
import { Conflict, NotFound } from '@sluice/kernel';
import type { AuditFilter, AuditKeys, AuditStore, Page, StoredAudit } from '../ports/index.js';

const PAGE = 500;

/** What an export begins with. */
export interface ExportStart {
  readonly start: ChainPoint;
  readonly checkpoint?: SignedHead;
  readonly heads: readonly SignedHead[];
  /** By name of the key, in PEM. */
  readonly keys: Readonly<Record<string, string>>;
}

/** A record, or its link alone where the filter leaves its entry out: the chain is whole all the same. */
export type Exported = StoredAudit | ChainLink;

/** What auditors read. */
export class ReadAudit {
  constructor(
    private readonly store: AuditStore,
    private readonly keys: AuditKeys,
  ) {}

  list(filter: AuditFilter & { readonly before?: number; readonly limit: number }): Promise<Page<StoredAudit>> {
    return this.store.list(filter);
  }

  /** @throws NotFound, also for one that was removed since. */
  async get(sequence: number): Promise<StoredAudit> {
    const found = await this.store.get(sequence);
    if (!found) throw new NotFound(`there is no entry ${sequence} in the audit`);
    return found;
  }

  async exportStart(): Promise<ExportStart> {
    const checkpoint = await this.store.checkpoint();
    const heads = await this.store.heads();
    const named = [...heads, ...(checkpoint ? [checkpoint] : [])].map(({ key }) => key);
    return { start: checkpoint ? { sequence: checkpoint.sequence, hash: checkpoint.hash } : CHAIN_START, ...(checkpoint && { checkpoint }), heads, keys: await this.keys.publicKeys(named) };
  }

  /** The chain from a place on, as far as it goes when it is asked. @throws Conflict when what comes next was removed meanwhile: it would look like a gap. */
  async *export(filter: AuditFilter, start: ChainPoint): AsyncGenerator<Exported> {
    const { sequence: end } = await this.store.end();
    for (let last = start.sequence; last < end; ) {
      const page = await this.store.after(last, PAGE);
      await this.assertNotRemoved(last, page);
      for (const record of page) if (record.sequence <= end) yield matches(filter, record) ? record : linkOf(record);
      const newest = page.at(-1)?.sequence;
      if (newest === undefined) return;
      last = newest;
    }
  }

  private async assertNotRemoved(last: number, [first]: readonly StoredAudit[]): Promise<void> {
    if (first?.sequence === last + 1) return;
    const checkpoint = await this.store.checkpoint();
    if (checkpoint && checkpoint.sequence > last) throw new Conflict('older entries were removed meanwhile: export again');
  }
}

function linkOf({ sequence, previous, content, hash }: StoredAudit): ChainLink {
  return { sequence, previous, content, hash };
}

function matches({ since, until, person, repository, action }: AuditFilter, { found }: StoredAudit): boolean {
  return (since === undefined || found.at >= since) && (until === undefined || found.at < until) && (person ?? found.person) === found.person && (repository ?? found.repository) === found.repository && (action ?? found.action) === found.action;
}
