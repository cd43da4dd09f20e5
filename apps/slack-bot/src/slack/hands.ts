import type { BlockAction, SlashCommand, ViewSubmitAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Logger } from '@sluice/runtime';
import type { Account, Accounts } from '../act/accounts.js';
import type { Answer } from '../act/answer.js';
import type { Decide } from '../act/decide.js';
import type { Places } from '../act/places.js';
import type { WatchAccounts } from '../act/watch-accounts.js';
import type { Notes } from '../sluice/notes.js';
import type { SluiceApi } from '../sluice/sluice-api.js';

/** Everything that handlers need. */
export interface Hands {
  readonly api: SluiceApi;
  readonly notes: Notes;
  readonly accounts: Accounts;
  readonly places: Places;
  readonly answer: Answer;
  readonly decide: Decide;
  readonly people: WatchAccounts;
  readonly client: WebClient;
  readonly log: Logger;
}

export function accountOfCommand({ team_id: team, user_id: user }: Pick<SlashCommand, 'team_id' | 'user_id'>): Account {
  return { team, user };
}

/** In a shared channel somebody may be of another workspace than the message. */
export function accountOf({ user, team }: { readonly user: BlockAction['user'] | ViewSubmitAction['user']; readonly team: { readonly id: string } | null }): Account {
  return { team: user.team_id ?? team?.id ?? '', user: user.id };
}
