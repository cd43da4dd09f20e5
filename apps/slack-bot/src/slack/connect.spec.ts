import { setTimeout as sleep } from 'node:timers/promises';
import { SocketModeReceiver } from '@slack/bolt';
import { createLogger } from '@sluice/runtime';
import { SlackDouble } from '@sluice/slack-double';
import { freePort } from '@sluice/testing';
import { readSettings } from '../settings.js';
import { createApp, createReceiver, listen, stopListening } from './connect.js';

const log = createLogger({ name: 'bot', level: 'silent' });

const RIGHT = { SLUICE_URL: 'http://127.0.0.1:1', SLUICE_TOKEN: 'slt_'.padEnd(40, 'x'), SLUICE_SLACK_CHANNELS: '*=C1' };

describe('a bot that is told to end', () => {
  let slack: SlackDouble;
  beforeEach(async () => {
    slack = await SlackDouble.start({ scale: 0.01 });
  });
  afterEach(() => slack.stop());

  async function listening() {
    const settings = readSettings({ ...RIGHT, SLUICE_SLACK_BOT_TOKEN: slack.botToken, SLUICE_SLACK_APP_TOKEN: slack.appToken, SLUICE_SLACK_API_URL: slack.apiUrl });
    const hears = createReceiver(settings, log);
    if (!(hears instanceof SocketModeReceiver)) throw new Error('this is about sockets');
    const app = createApp(settings, { team: 'T1', botId: 'B1', botUserId: 'U0BOT' }, hears, log);
    await listen(app, settings);
    return { app, hears };
  }

  it('hangs up', async () => {
    const { app, hears } = await listening();
    expect(slack.socket.connections).toBe(1);
    await stopListening(app, hears);
    while (slack.socket.connections > 0) await sleep(10);
  });

  it('while it comes back to Slack opens no connection any more, which would keep its process alive and hear what nobody answers', async () => {
    const { app, hears } = await listening();
    slack.socket.drop();
    slack.faults.slow(300);
    const opened = slack.calls('apps.connections.open').length;
    // what the library does by itself, some seconds after a connection has ended
    void hears.client.start().catch(() => undefined);
    await stopListening(app, hears);
    while (slack.calls('apps.connections.open').length === opened) await sleep(10);
    await sleep(600);
    expect(slack.socket.connections).toBe(0);
  });
});

describe('the address of a bot over HTTP', () => {
  it('is verified as Slack asks: the challenge comes back where the signature is right, and a look at the certificate is answered', async () => {
    const slack = await SlackDouble.start({ scale: 0.01 });
    const settings = readSettings({ ...RIGHT, SLUICE_SLACK_BOT_TOKEN: slack.botToken, SLUICE_SLACK_MODE: 'http', SLUICE_SLACK_SIGNING_SECRET: slack.signingSecret, SLUICE_SLACK_PORT: String(await freePort()), SLUICE_SLACK_API_URL: slack.apiUrl });
    const hears = createReceiver(settings, log);
    const app = createApp(settings, { team: 'T1', botId: 'B1', botUserId: 'U0BOT' }, hears, log);
    await listen(app, settings);
    try {
      const url = `http://127.0.0.1:${settings.hearing.kind === 'http' ? settings.hearing.port : 0}/slack/events`;
      const http = slack.tellOverHttp(url);
      // https://docs.slack.dev/reference/events/url_verification
      const body = { token: 'legacy', type: 'url_verification', challenge: 'challenge-42' };
      expect(await http.post({ type: 'events_api', body })).toMatchObject({ status: 200, answer: { challenge: 'challenge-42' } });
      const forged = await http.post({ type: 'events_api', body }, undefined, { signature: `v0=${'0'.repeat(64)}` });
      expect(forged.status).toBe(401);
      expect(JSON.stringify(forged)).not.toContain('challenge-42');
      // https://docs.slack.dev/interactivity/implementing-slash-commands#ssl
      const looked = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'ssl_check=1&token=legacy' });
      expect([looked.status, await looked.text()]).toEqual([200, '']);
    } finally {
      await stopListening(app, hears);
      await slack.stop();
    }
  });
});
