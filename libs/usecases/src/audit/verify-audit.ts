import { ChainCheck, type AuditEntry, type ChainFinding, type ChainPoint, type EarlierChain, type SignedHead } from '@sluice/audit';
import { messageOf } from '@sluice/kernel';
import type { AuditKeys, AuditStore, HeadWitness, StoredAudit } from '../ports/index.js';

const PAGE = 1_000;
/** How often it is begun again when entries are removed meanwhile: each removal takes long to fall due again. */
const TRIES = 3;

export interface AuditVerdict {
  /** Entries that were looked at. */
  readonly entries: number;
  /** What the first of them follows: the beginning, or a checkpoint. */
  readonly start: ChainPoint;
  readonly end: ChainPoint;
  /** Signed heads that the chain was compared with, from wherever. */
  readonly heads: number;
  /** The newest of them that is this chain's: what was written after it is not witnessed yet. */
  readonly newestHead?: SignedHead;
  /** Chains that this one took the place of. They are not here: whoever did not lose a database has to ask why. */
  readonly earlier: readonly EarlierChain[];
  readonly findings: readonly ChainFinding[];
  readonly more: number;
  /** Witnesses that could not be asked. */
  readonly notes: readonly string[];
}

/** Goes along the whole chain and compares it with every signed head that there is, in the database and outside of it. */
export class VerifyAudit {
  constructor(
    private readonly store: Pick<AuditStore, 'end' | 'checkpoint' | 'heads' | 'after'>,
    private readonly keys: AuditKeys,
    private readonly witnesses: () => Promise<readonly HeadWitness[]>,
  ) {}

  /** `upTo`: only so far. */
  async run(upTo = Infinity): Promise<AuditVerdict> {
    for (let tries = 1; ; tries++) {
      const checkpoint = await this.store.checkpoint();
      const verdict = await this.from(checkpoint, upTo);
      // what was removed rightly while it was followed looks like a gap
      if (verdict.findings.length === 0 || tries === TRIES || (await this.store.checkpoint())?.sequence === checkpoint?.sequence) return verdict;
    }
  }

  private async from(checkpoint: SignedHead | undefined, upTo: number): Promise<AuditVerdict> {
    // first the end as the database says: what is written meanwhile comes behind it
    const end = await this.store.end();
    const { heads, notes } = await this.allHeads();
    const known = checkpoint ? [...heads, checkpoint] : heads;
    const compared = known.filter(({ sequence }) => sequence <= upTo);
    const check = new ChainCheck({ ...(checkpoint && { start: checkpoint }), heads: compared, verify: await this.keys.verifier(compared.map(({ key }) => key)) });
    const start = check.end;
    await this.follow(check, end, upTo);
    if (end.sequence > check.end.sequence && upTo > check.end.sequence) check.find(check.end.sequence, 'cut', `it is the last one, and the database counted ${end.sequence}: ${end.sequence - check.end.sequence} are missing`);
    check.finish();
    const { newestHead, earlier } = check;
    return { entries: check.checked, start: { sequence: start.sequence, hash: start.hash }, end: check.end, heads: compared.length, ...(newestHead && { newestHead }), earlier, findings: check.findings, more: check.more, notes };
  }

  private async follow(check: ChainCheck, end: ChainPoint, upTo: number): Promise<void> {
    for (let last = check.end.sequence; ; ) {
      const page = await this.store.after(last, PAGE);
      for (const record of page) {
        if (record.sequence > upTo) return;
        check.take(record);
        if (!isFoundAsSaid(record)) check.find(record.sequence, 'index', 'it is found by another time, person, repository or action than it says');
        if (record.sequence === end.sequence && record.hash !== end.hash) check.find(record.sequence, 'rewritten', 'the database has another hash for the end of the chain');
      }
      if (page.length < PAGE) return;
      last = page.at(-1)?.sequence ?? last;
    }
  }

  private async allHeads(): Promise<{ readonly heads: readonly SignedHead[]; readonly notes: readonly string[] }> {
    const heads = new Map<string, SignedHead>();
    const notes: string[] = [];
    const add = (found: readonly SignedHead[]): void => found.forEach((head) => void heads.set(`${head.sequence} ${head.signature}`, head));
    add(await this.store.heads());
    for (const witness of await this.witnesses()) {
      try {
        add(await witness.heads());
      } catch (error) {
        notes.push(`${witness.name} could not be read: ${messageOf(error)}`);
      }
    }
    return { heads: [...heads.values()], notes };
  }
}

function isFoundAsSaid({ entry, found }: StoredAudit): boolean {
  try {
    const { at, who, place, action } = JSON.parse(entry) as AuditEntry;
    return Date.parse(at) === found.at && who.name === found.person && place.repository === found.repository && action === found.action;
  } catch {
    return false;
  }
}
