import { Conflict } from '@sluice/kernel';
import type { Clock } from '@sluice/kernel';
import type { AuditLog, AuditStore, Transactions } from '../ports/index.js';
import type { SignAudit } from './sign-audit.js';
import type { VerifyAudit } from './verify-audit.js';

const DAY = 86_400_000;
/** Entries that go at once: nobody waits long for them. */
const MOST_AT_ONCE = 10_000;

/** Removes entries that are older than they have to be kept, behind a signed checkpoint that the rest goes on from. */
export class ExpireAudit {
  constructor(
    private readonly ports: { readonly auditStore: AuditStore; readonly audit: AuditLog; readonly transactions: Transactions; readonly clock: Clock },
    private readonly sign: Pick<SignAudit, 'sign'>,
    private readonly verify: Pick<VerifyAudit, 'run'>,
  ) {}

  /** @returns how many went. @throws Conflict when something is wrong in what would go: evidence is not removed. */
  async run(days: number): Promise<number> {
    const { auditStore, audit, transactions, clock } = this.ports;
    const before = (await auditStore.checkpoint())?.sequence ?? 0;
    const upTo = await auditStore.lastBefore((clock() - days * DAY) as ReturnType<Clock>, { after: before, limit: MOST_AT_ONCE });
    if (upTo === undefined) return 0;
    const { findings } = await this.verify.run(upTo);
    const [first] = findings;
    if (first) throw new Conflict(`the audit is kept longer than ${days} days: entry ${first.sequence}: ${first.message}: \`sluice audit verify\` shows all`);
    const entry = await auditStore.get(upTo);
    if (!entry) return 0;
    return transactions.run(async () => {
      const removed = await auditStore.expire(this.sign.sign(entry));
      await audit.append({ action: 'audit.expire', by: 'sluice', before: { from: before + 1 }, after: { from: upTo + 1 }, why: `older than ${days} days` });
      return removed;
    });
  }
}
