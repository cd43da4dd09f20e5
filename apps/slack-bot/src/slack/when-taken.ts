import { setTimeout as sleep } from 'node:timers/promises';
import { slackFailureOf } from '../publish/slack-failure.js';

const TIMES = 4;
const PATIENCE = 60_000;

/** Waits as long as Slack says that it is too much, and tries again. @throws whatever the call does, and Slack's 429 when that goes on. */
export async function whenTaken<T>(call: () => Promise<T>): Promise<T> {
  for (let times = 1; ; times += 1) {
    try {
      return await call();
    } catch (error) {
      const failure = slackFailureOf(error);
      if (failure?.kind !== 'wait' || failure.milliseconds > PATIENCE || times === TIMES) throw error;
      await sleep(failure.milliseconds, undefined, { ref: false });
    }
  }
}
