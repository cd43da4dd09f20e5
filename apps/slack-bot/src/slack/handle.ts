import type { App } from '@slack/bolt';
import { handleActions } from './handle-actions.js';
import { handleCommand } from './handle-command.js';
import { handleForm } from './handle-form.js';
import { handleHome } from './handle-home.js';
import { handlePeople } from './handle-people.js';
import { handleReasons } from './handle-reasons.js';
import type { Hands } from './hands.js';

/** Each acknowledges first, within Slack's three seconds, and works then. */
export function handleEverything(app: App, hands: Hands): void {
  handleCommand(app, hands);
  handleActions(app, hands);
  handleReasons(app, hands);
  handleForm(app, hands);
  handleHome(app, hands);
  handlePeople(app, hands);
  app.error((error) => {
    hands.log.error({ err: error }, 'Slack event could not be handled');
    return Promise.resolve();
  });
}
