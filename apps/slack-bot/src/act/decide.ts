import { API, type PromotionDetail } from '@sluice/contracts';
import type { Notes } from '../sluice/notes.js';
import type { SluiceApi } from '../sluice/sluice-api.js';
import type { Decision } from '../views/decision.js';
import { isDecided } from '../views/promotion-message.js';
import type { Account, Accounts } from './accounts.js';
import type { TypedPlace } from './parse-command.js';

interface Parts {
  readonly api: SluiceApi;
  readonly notes: Notes;
  readonly accounts: Accounts;
  /** A promotion is to be shown anew. */
  readonly changed: (repository: string, promotion: string) => void;
}

/** What somebody decides, by button, modal or command. */
export interface Wanted extends Decision {
  readonly action: 'approve' | 'reject';
  readonly account: Account;
  readonly reason?: string;
}

const CLICK_SECONDS = 600;

/** Decisions, as the person behind the account; Sluice checks rights and digest. */
export class Decide {
  constructor(private readonly parts: Parts) {}

  /** @returns the promotion afterwards, or `undefined` for a click that was made twice. @throws Unlinked, Forbidden with who may, Conflict when it has changed since. */
  async run(wanted: Wanted): Promise<PromotionDetail | undefined> {
    const { notes, accounts, changed } = this.parts;
    const { account, repository, promotion } = wanted;
    const as = await accounts.personOf(account);
    const click = `click:${promotion}:${wanted.digest}:${account.team}:${account.user}:${wanted.action}`;
    if (!(await notes.claim(click, CLICK_SECONDS))) return undefined;
    try {
      return await this.perform(wanted, as);
    } catch (error) {
      await notes.release(click).catch(() => undefined);
      throw error;
    } finally {
      changed(repository, promotion);
    }
  }

  private perform({ repository, promotion, digest: seen, action, reason = '' }: Wanted, as: string): Promise<PromotionDetail> {
    const params = { repository, promotion };
    return action === 'approve' ? this.parts.api.call(API.approve, { params, as, body: { digest: seen, comment: reason } }) : this.parts.api.call(API.reject, { params, as, body: { digest: seen, reason } });
  }

  /** The promotion of a lane that can be decided on. */
  async openIn({ repository, application, environment }: TypedPlace & { readonly repository: string }): Promise<PromotionDetail | undefined> {
    const query = { repository, application, environment, limit: 20 };
    const { items } = await this.parts.api.call(API.promotions, { query });
    const open = items.find(({ state }) => !isDecided(state));
    return open && this.parts.api.call(API.promotion, { params: { repository, promotion: open.id } });
  }

  /** Whether the channel shows exactly this content: then whoever types `approve` has had it before their eyes. */
  async isShown({ repository, id, digest: current }: PromotionDetail): Promise<boolean> {
    return (await this.parts.notes.postsOf(repository, id)).some((post) => post.ts !== undefined && post.digest === current);
  }
}
