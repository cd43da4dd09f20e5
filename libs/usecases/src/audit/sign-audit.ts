import { signedText, type ChainPoint, type SignedHead } from '@sluice/audit';
import { messageOf } from '@sluice/kernel';
import type { Clock } from '@sluice/kernel';
import type { AuditStore, HeadSigner, HeadWitness } from '../ports/index.js';

const HOUR = 3_600_000;

export interface SignedAudit {
  /** Absent while there is no entry at all. */
  readonly head?: SignedHead;
  /** Who was told of it. */
  readonly told: readonly string[];
  /** Who could not be told; it is tried again with the next head. */
  readonly notes: readonly string[];
}

/** Signs the end of the chain and tells it to witnesses outside of the database. */
export class SignAudit {
  /** By witness, the newest head that it was told. */
  private readonly told = new Map<string, string>();

  constructor(
    private readonly store: AuditStore,
    private readonly signer: HeadSigner,
    private readonly parts: { readonly clock: Clock; readonly witnesses: () => Promise<readonly HeadWitness[]> },
  ) {}

  /** Signs the end as it is now. When nothing was written since the last time, that head stands. */
  async run(): Promise<SignedAudit> {
    const end = await this.store.end();
    if (end.sequence === 0) return { told: [], notes: [] };
    const before = await this.store.newestHead();
    const head = before?.sequence === end.sequence ? before : this.sign(end);
    if (head !== before) await this.store.addHead(head);
    return { head, ...(await this.tell(head)) };
  }

  /** Once an hour; what could not be told is told more often. */
  async whenDue(): Promise<SignedAudit> {
    const newest = await this.store.newestHead();
    // a clock that was set back must not stop it
    if (!newest || Math.abs(this.parts.clock() - Date.parse(newest.at)) >= HOUR) return this.run();
    return { head: newest, ...(await this.tell(newest)) };
  }

  sign({ sequence, hash }: ChainPoint): SignedHead {
    const head = { sequence, hash, at: new Date(this.parts.clock()).toISOString(), key: this.signer.key };
    return { ...head, signature: this.signer.sign(signedText(head)) };
  }

  private async tell(head: SignedHead): Promise<Omit<SignedAudit, 'head'>> {
    const told: string[] = [];
    const notes: string[] = [];
    for (const witness of await this.parts.witnesses()) {
      try {
        if (this.told.get(witness.name) !== head.signature) await witness.tell(head);
        this.told.set(witness.name, head.signature);
        told.push(witness.name);
      } catch (error) {
        notes.push(`${witness.name} could not be told: ${messageOf(error)}`);
      }
    }
    return { told, notes };
  }
}
