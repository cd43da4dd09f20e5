import type { Logger } from '@sluice/runtime';
import type { ExpireAudit, SignAudit } from '@sluice/usecases';

/** Signs the head of the audit once an hour, and removes what is older than it has to be kept. */
export class AuditUpkeep {
  constructor(
    private readonly sign: Pick<SignAudit, 'whenDue'>,
    private readonly expire: Pick<ExpireAudit, 'run'>,
    private readonly options: { readonly retention: number | undefined; readonly log: Logger },
  ) {}

  async run(): Promise<void> {
    const { retention, log } = this.options;
    const { notes } = await this.sign.whenDue();
    if (notes.length > 0) log.warn({ notes }, 'a head of the audit could not be told everywhere; it is tried again later');
    if (retention !== undefined) await this.expire.run(retention);
  }
}
