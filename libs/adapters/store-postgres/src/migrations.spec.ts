import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api';
import { readFileSync } from 'node:fs';
import * as audit from './schema/audit.js';
import * as configuration from './schema/configuration.js';
import * as botNotes from './schema/bot-notes.js';
import * as columns from './schema/columns.js';
import * as coordination from './schema/coordination.js';
import * as drift from './schema/drift.js';
import * as environments from './schema/environments.js';
import * as events from './schema/events.js';
import * as forges from './schema/forges.js';
import * as freezes from './schema/freezes.js';
import * as identity from './schema/identity.js';
import * as fleet from './schema/fleet.js';
import * as notifications from './schema/notifications.js';
import * as ownAccounts from './schema/own-accounts.js';
import * as promotions from './schema/promotions.js';
import * as testRuns from './schema/test-runs.js';
import * as rights from './schema/rights.js';
import * as rollouts from './schema/rollouts.js';

const META = new URL('../migrations/meta/', import.meta.url);

describe('the migrations', () => {
  const journal = JSON.parse(readFileSync(new URL('_journal.json', META), 'utf8')) as { readonly entries: readonly { readonly idx: number; readonly when: number }[] };

  it('end in the schema that the code has', async () => {
    const last = journal.entries.at(-1)?.idx ?? 0;
    const snapshot = JSON.parse(readFileSync(new URL(`${String(last).padStart(4, '0')}_snapshot.json`, META), 'utf8')) as Parameters<typeof generateMigration>[0];
    const schema = { ...audit, ...botNotes, ...columns, ...configuration, ...coordination, ...drift, ...environments, ...events, ...forges, ...freezes, ...fleet, ...identity, ...notifications, ...ownAccounts, ...promotions, ...rights, ...rollouts, ...testRuns };
    expect(await generateMigration(snapshot, generateDrizzleJson(schema, snapshot.id))).toEqual([]);
  });

  it('have rising times: one with an earlier time would be left out', () => {
    const times = journal.entries.map(({ when }) => when);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  });
});
