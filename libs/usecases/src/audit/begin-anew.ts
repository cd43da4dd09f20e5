import { BEGUN_ANEW, begunAnewIn, begunAnewValue, signedText, unexplainedHead, type BegunAnew, type SeenHead, type SignedHead } from '@sluice/audit';
import type { AuditKeys, AuditLog, AuditStore, HeadWitness } from '../ports/index.js';

/** As many as anybody will have lost. */
const MOST = 100;

/**
 * After a database was lost: says in the new chain that there was another one, as far as signed heads of it are found outside of the database. It says so of no chain that this one shares entries with:
 * that one was cut or rewritten, and stays a finding.
 */
export class BeginAnew {
  constructor(
    private readonly ports: { readonly auditStore: AuditStore; readonly audit: AuditLog },
    private readonly keys: AuditKeys,
    private readonly witnesses: () => Promise<readonly HeadWitness[]>,
  ) {}

  /** @returns in sentences what was found. */
  async run(): Promise<readonly string[]> {
    const { auditStore, audit } = this.ports;
    const seen = await this.seen();
    const begun = await this.begun();
    const notes: string[] = [];
    for (let head = unexplainedHead(begun, seen); head && begun.length < MOST; head = unexplainedHead(begun, seen)) {
      const { sequence, hash, at, key } = head;
      await audit.append({ action: BEGUN_ANEW, after: begunAnewValue(head), why: 'signed heads of another chain were found, which is not in this database' });
      begun.push({ sequence, hash, at, key, saidBy: (await auditStore.end()).sequence });
      notes.push(`the audit was begun anew: an earlier one of ${sequence} or more entries is not in this database (its head ${hash.slice(0, 16)}… was signed ${at}); keep what was exported of it, \`sluice audit verify\` goes on telling of it`);
    }
    return notes;
  }

  private async seen(): Promise<readonly SeenHead[]> {
    const heads: SignedHead[] = [];
    // one that cannot be read now is asked at the next rebuild; until then its heads are findings
    for (const witness of await this.witnesses()) heads.push(...(await witness.heads().catch(() => [])));
    const verify = await this.keys.verifier(heads.map(({ key }) => key));
    const end = await this.ports.auditStore.end();
    const seen: SeenHead[] = [];
    for (const head of heads) seen.push({ head, signature: verify(head.key, signedText(head), head.signature), place: await this.placeOf(head, end.sequence) });
    return seen;
  }

  private async placeOf({ sequence, hash }: SignedHead, end: number): Promise<SeenHead['place']> {
    if (sequence > end) return 'beyond';
    const entry = await this.ports.auditStore.get(sequence);
    if (!entry) return 'before';
    return entry.hash === hash ? 'agrees' : 'differs';
  }

  private async begun(): Promise<BegunAnew[]> {
    const { items } = await this.ports.auditStore.list({ action: BEGUN_ANEW, limit: MOST });
    return items.flatMap((item) => begunAnewIn(item) ?? []);
  }
}
