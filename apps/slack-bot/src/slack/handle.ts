import type { App, BlockAction, SlashCommand, ViewSubmitAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Logger } from '@sluice/runtime';
import type { Account, Accounts } from '../act/accounts.js';
import type { Answer } from '../act/answer.js';
import type { Decide } from '../act/decide.js';
import type { Places } from '../act/places.js';
import type { Notes } from '../sluice/notes.js';
import type { SluiceApi } from '../sluice/sluice-api.js';
import { handleActions } from './handle-actions.js';
import { handleCommand } from './handle-command.js';
import { handleForm } from './handle-form.js';
import { handleHome } from './handle-home.js';
import { handleReasons } from './handle-reasons.js';

/** Everything that handlers need. */
export interface Hands {
  readonly api: SluiceApi;
  readonly notes: Notes;
  readonly accounts: Accounts;
  readonly places: Places;
  readonly answer: Answer;
  readonly decide: Decide;
  readonly client: WebClient;
  readonly log: Logger;
}

/** Each acknowledges first, within Slack's three seconds, and works then. */
export function handleEverything(app: App, hands: Hands): void {
  handleCommand(app, hands);
  handleActions(app, hands);
  handleReasons(app, hands);
  handleForm(app, hands);
  handleHome(app, hands);
  app.error((error) => {
    hands.log.error({ err: error }, 'Slack event could not be handled');
    return Promise.resolve();
  });
}

export function accountOfCommand({ team_id: team, user_id: user }: Pick<SlashCommand, 'team_id' | 'user_id'>): Account {
  return { team, user };
}

/** In a shared channel somebody may be of another workspace than the message. */
export function accountOf({ user, team }: { readonly user: BlockAction['user'] | ViewSubmitAction['user']; readonly team: { readonly id: string } | null }): Account {
  return { team: user.team_id ?? team?.id ?? '', user: user.id };
}
