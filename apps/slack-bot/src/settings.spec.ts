import { readSettings } from './settings.js';

const RIGHT = { SLUICE_URL: 'http://127.0.0.1:7420/', SLUICE_TOKEN: 'slt_'.padEnd(40, 'x'), SLUICE_SLACK_BOT_TOKEN: 'xoxb-secret', SLUICE_SLACK_APP_TOKEN: 'xapp-secret', SLUICE_SLACK_CHANNELS: '*=C1' };

describe('the settings of the bot', () => {
  it('are by socket unless something else is said', () => {
    expect(readSettings(RIGHT)).toMatchObject({ sluice: { url: 'http://127.0.0.1:7420' }, hearing: { kind: 'socket', appToken: 'xapp-secret' }, channels: [{ environment: '*', channel: 'C1' }] });
  });

  it('are over HTTP with the signing secret', () => {
    expect(readSettings({ ...RIGHT, SLUICE_SLACK_MODE: 'http', SLUICE_SLACK_SIGNING_SECRET: 's'.repeat(32) })).toMatchObject({ hearing: { kind: 'http', port: 7430, host: '127.0.0.1' } });
  });

  it.each([
    ['SLUICE_SLACK_APP_TOKEN', { SLUICE_SLACK_APP_TOKEN: '' }],
    ['SLUICE_SLACK_SIGNING_SECRET', { SLUICE_SLACK_MODE: 'http' }],
    ['SLUICE_SLACK_BOT_TOKEN', { SLUICE_SLACK_BOT_TOKEN: 'xapp-secret' }],
    ['SLUICE_SLACK_CHANNELS', { SLUICE_SLACK_CHANNELS: 'prod=#releases' }],
  ])('name %s when it is wrong, and show no secret', (name, wrong) => {
    const read = () => readSettings({ ...RIGHT, ...wrong });
    expect(read).toThrow(new RegExp(name));
    expect(read).not.toThrow(/xoxb-secret|xapp-secret/);
  });
});
