import { readFile, readdir } from 'node:fs/promises';

const here = new URL('.', import.meta.url);

/** The entries of one list in the manifest of the app, without comments. */
function listIn(manifest: string, name: string): readonly string[] {
  const [, block = ''] = new RegExp(`^( *)${name}:\\n((?:\\1 +.*\\n)+)`, 'm').exec(manifest)?.slice(1) ?? [];
  return block.split('\n').flatMap((text) => /^ *- ([^#]+)$/.exec(text)?.[1]?.trim() ?? []);
}

async function sources(): Promise<string> {
  const names = (await readdir(here, { recursive: true })).filter((name) => name.endsWith('.ts') && !/\.(?:spec|fixture)\.ts$/.test(name));
  return (await Promise.all(names.map((name) => readFile(new URL(name, here), 'utf8')))).join('\n');
}

/** What a method of Slack's needs: https://docs.slack.dev/reference/methods, each page's "Facts". */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'users.conversations': ['channels:read', 'groups:read'],
  'users.info': ['users:read'],
  'auth.test': [],
  'apps.connections.open': [],
  'views.open': [],
  'views.update': [],
  'views.publish': [],
};

describe('the manifest of the Slack app', () => {
  it('asks for what the bot uses, and for nothing else', async () => {
    const [manifest, code] = await Promise.all([readFile(new URL('../../../infra/slack/manifest.yaml', here), 'utf8'), sources()]);
    const methods = [...new Set([...code.matchAll(/(?:client|\))\.((?:chat|conversations|users|auth|views|apps)\.[a-zA-Z.]+)\(/g)].map(([, method = '']) => method))];
    expect(methods.length).toBeGreaterThan(8);
    expect(methods.filter((method) => SCOPES[method] === undefined)).toEqual([]);
    expect([...listIn(manifest, 'bot')].sort()).toEqual([...new Set(['commands', ...methods.flatMap((method) => SCOPES[method] ?? [])])].sort());
    const events = [...code.matchAll(/app\.event\('([^']+)'/g)].map(([, event]) => event);
    expect([...listIn(manifest, 'bot_events')].sort()).toEqual(events.sort());
    const [, command] = /const COMMAND = '([^']+)'/.exec(code) ?? [];
    const [, shortcut] = /app\.shortcut\('([^']+)'/.exec(code) ?? [];
    expect(manifest).toContain(`command: ${command}\n`);
    expect(manifest).toContain(`callback_id: ${shortcut}\n`);
  });
});
