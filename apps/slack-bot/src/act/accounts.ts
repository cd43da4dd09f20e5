import { API } from '@sluice/contracts';
import { NotFound } from '@sluice/kernel';
import type { SluiceApi } from '../sluice/sluice-api.js';

/** A user of Slack: the id means something only together with its workspace. */
export interface Account {
  readonly team: string;
  readonly user: string;
}

const HOW_TO_LINK = 'Sluice does not know yet who you are. Make a code where you are signed in to Sluice (in the dashboard, or with `sluice slack link`) and type `/sluice link CODE` here within 10 minutes.';

/** Whoever has not linked their account is told how to. */
export class Unlinked extends Error {
  constructor() {
    super(HOW_TO_LINK);
  }
}

/** Who in Sluice somebody in Slack is. Asked each time: the server knows it at the click. */
export class Accounts {
  constructor(private readonly api: SluiceApi) {}

  /** @throws Unlinked */
  async personOf({ team, user }: Account): Promise<string> {
    try {
      return (await this.api.call(API.slackLink, { params: { team, user } })).person;
    } catch (error) {
      throw error instanceof NotFound ? new Unlinked() : error;
    }
  }

  /** @throws InvalidInput for a code that is wrong, used or too old. */
  async link({ team, user }: Account, code: string): Promise<string> {
    return (await this.api.call(API.finishSlackLink, { body: { teamId: team, userId: user, code } })).person;
  }

  async unlink({ team, user }: Account): Promise<void> {
    await this.api.call(API.unlinkSlack, { params: { team, user } });
  }
}
