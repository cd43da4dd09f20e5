import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { START_TIMEOUT, TestSystem, type Answer } from '../test-system.fixture.js';

const BEGIN = 'apiVersion: sluice.dev/v1\nkind: Pipeline\nmetadata: { name: shop }\nspec:\n  environments: [{ name: dev }]\n';
const PIPELINE = `${BEGIN}  notifications: # who is told
    - { on: [live], to: ["slack:#ops", "webhook:audit"] }
    - { on: ["*"], to: ["mail:ops@example.org"] }
`;

// One story: an operator adds a webhook, tries it, and looks at who is told of what.
describe('notifications on the command line', () => {
  let system: TestSystem;
  let receiver: Server;
  const received: string[] = [];
  let status = 204;
  beforeAll(async () => {
    receiver = createServer((request, response) => {
      received.push(`${request.url} ${String(request.headers['webhook-signature'])}`);
      request.resume();
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    system = await TestSystem.start({ main: { 'README.md': 'x\n' } }, { SLUICE_OUTBOUND_ALLOW: '127.0.0.1/32', SLUICE_NOTIFY_DEFAULT: 'webhook:audit' });
    await writeFile(join(system.folder, 'url'), `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/secret-path\n`);
  }, START_TIMEOUT);
  afterAll(async () => {
    await system?.stop();
    receiver?.closeAllConnections();
    receiver?.close();
  }, 60_000);

  const sluice = (...args: readonly string[]): Promise<Answer> => system.sluice(args);

  it('says whom the server cannot tell', async () => {
    const { code, out } = await sluice('notify');
    expect(code).toBe(0);
    expect(out).toContain('webhook:audit: the server has no webhook audit: `sluice notify endpoint add audit`');
    expect(out).toContain('Nobody was told of anything.');
  });

  it('says in the file where it names whom the server cannot tell, to whoever may read', async () => {
    await writeFile(join(system.folder, 'sluice.yaml'), PIPELINE);
    await sluice('people', 'add', 'reader');
    const token = await system.system.tokenOf('reader');
    const validate = async (...args: readonly string[]): Promise<Answer> => {
      const { code, out, err } = await system.sluice(['validate', join(system.folder, 'sluice.yaml'), ...args], { token });
      return { code, out: out.replaceAll(`${system.folder}/`, ''), err: err.replaceAll(`${system.folder}/`, '') };
    };
    const { code, out, err } = await validate();
    expect([code, out]).toEqual([0, 'sluice.yaml is valid: dev; 1 application']);
    expect(err.split('\n')).toEqual([
      'sluice.yaml:7:40: warning: nobody is told by webhook:audit: the server has no webhook audit: `sluice notify endpoint add audit`',
      'sluice.yaml:8:25: warning: nobody is told by mail:ops@example.org: the server has no mail server: set SLUICE_SMTP_URL and SLUICE_MAIL_FROM',
    ]);
    expect(JSON.parse((await validate('-o', 'json')).out)).toMatchObject({ valid: true, server: { checked: true, url: system.system.url }, diagnostics: [{ severity: 'warning', line: 7, column: 40, at: 'spec.notifications[0].to[1]' }, { line: 8 }] });
    expect((await validate('-o', 'markdown')).out).toMatch(/is valid: dev; 1 application\n\n- ⚠️ `sluice\.yaml:7:40` nobody is told by webhook/);
    expect(await validate('--strict')).toMatchObject({ code: 2, err: expect.stringMatching(/sluice\.yaml has 2 warnings$/) as string });
    expect(await system.sluice(['validate', join(system.folder, 'sluice.yaml')], { token: 'slt_wrong' })).toMatchObject({ code: 0, err: expect.stringMatching(/sluice\.yaml: not checked against a server: /) as string });
  });

  it('asks for as many as a file may name', async () => {
    const targets = Array.from({ length: 150 }, (_, index) => `webhook:${'x'.repeat(55)}-${index}`);
    const rules = Array.from({ length: 8 }, (_, rule) => `    - { on: ["*"], to: [${targets.slice(rule * 20, (rule + 1) * 20).join(', ')}] }\n`).join('');
    await writeFile(join(system.folder, 'many.yaml'), `${BEGIN}  notifications:\n${rules}`);
    const { out } = await sluice('validate', join(system.folder, 'many.yaml'), '-o', 'json');
    const { diagnostics } = JSON.parse(out) as { readonly diagnostics: readonly { readonly message: string }[] };
    expect(diagnostics.map(({ message }) => /webhook:\S+(?=:)/.exec(message)?.[0])).toEqual(targets);
  });

  it('stores a webhook, shows its secret once and its address never', async () => {
    const urlFile = join(system.folder, 'url');
    expect(await sluice('notify', 'endpoint', 'add', 'audit', '--url-file', join(system.folder, 'nowhere'))).toMatchObject({ code: 2, err: expect.stringContaining('ENOENT') as string });
    expect((await sluice('notify', 'endpoint', 'add', 'audit', '--url-file', urlFile)).out).toMatch(/Stored: audit \(127\.0\.0\.1:\d+\)[\s\S]*^whsec_[\w+/=]{44}$/m);
    expect(await sluice('notify', 'endpoint', 'add', 'audit', '--url-file', urlFile)).toMatchObject({ code: 5, err: expect.stringContaining('rotate audit') as string });
    const { out } = await sluice('notify', 'endpoint', 'list', '--output', 'json');
    expect(JSON.parse(out)).toMatchObject([{ name: 'audit' }]);
    expect(out).not.toMatch(/secret-path|whsec_/);
  });

  it('tries it, also with two secrets, and says what the other side answers', async () => {
    expect(await sluice('notify', 'test', 'webhook:audit')).toMatchObject({ code: 0, out: expect.stringContaining('Sent to webhook:audit.') as string });
    expect((await sluice('notify', 'endpoint', 'rotate', 'audit')).out).toContain('whsec_');
    await sluice('notify', 'endpoint', 'test', 'audit');
    expect(received[0]).toMatch(/^\/secret-path v1,\S+$/);
    expect(received[1]).toMatch(/^\/secret-path v1,\S+ v1,\S+$/);
    status = 500;
    const failed = await sluice('notify', 'test', 'webhook:audit');
    expect(failed.code).not.toBe(0);
    expect(failed.err).toContain('it answers with status 500');
    expect(await sluice('notify', 'test', 'mail:ops@example.org')).toMatchObject({ err: expect.stringContaining('SLUICE_SMTP_URL') as string });
    expect(await sluice('notify', 'test', 'pigeon:loft')).toMatchObject({ code: 2 });
  });

  it('forgets it', async () => {
    expect(await sluice('notify', 'endpoint', 'remove', 'audit')).toMatchObject({ code: 0, out: expect.stringContaining('Removed: audit.') as string });
    expect(await sluice('notify', 'endpoint', 'remove', 'audit')).toMatchObject({ code: 4 });
    expect(await sluice('notify', 'test', 'slack:#ops')).toMatchObject({ code: 0, out: expect.stringContaining('the Slack bot posts it to #ops') as string });
    expect((await sluice('notify', 'list', '--state', 'open')).out).toMatch(/slack:#ops\s+waiting\s+Sluice: this is a test/);
  });

  it('lists page by page', async () => {
    await sluice('notify', 'test', 'slack:#more');
    const { out } = await sluice('notify', 'list', '--state', 'open', '--limit', '1');
    expect(out).toContain('slack:#more');
    const [, before = ''] = /There are more: --before (\d+)$/.exec(out) ?? [];
    const rest = await sluice('notify', 'list', '--state', 'open', '--before', before);
    expect(rest.out).toContain('slack:#ops');
    expect(rest.out).not.toMatch(/slack:#more|There are more/);
  });
});
