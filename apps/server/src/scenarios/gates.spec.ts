import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Verdict } from '@sluice/promotion';
import { describeWithProgram, startRegistry } from '@sluice/testing';
import type { RunningRegistry } from '@sluice/testing';
import { CHECKOUT, branches, deployment } from './shop.fixture.js';
import { describeWorlds } from './describe-worlds.fixture.js';
import type { TextFiles } from './work-tree.fixture.js';
import type { Shop } from './world.fixture.js';

const gates = (...lines: readonly string[]): string => `      gates:\n${lines.map((line) => `        - ${line}\n`).join('')}`;
const release = deployment('checkout', { tag: '2.0' });

describeWorlds('gates over what would be promoted', (world) => {
  /** A shop whose qa has these gates, and a change of checkout on its way there. */
  async function released(gate: string, files: TextFiles = { [CHECKOUT]: release }): Promise<Shop> {
    const shop = await world().repository(branches({ qa: gates(gate) }));
    await shop.commit('dev', files);
    await shop.settle();
    return shop;
  }
  const verdictOf = async (shop: Shop): Promise<Verdict | undefined> => (await shop.current('checkout', 'qa'))?.verdicts[0];
  const expectArrived = async (shop: Shop): Promise<void> => expect(await shop.file('qa', CHECKOUT)).toContain(':2.0');
  const expectWaiting = async (shop: Shop): Promise<void> => expect(await shop.file('qa', CHECKOUT)).toContain(':1.0');

  describe('a policy', () => {
    const policy = (expression: string): string => `{ name: rules, type: policy, validations: [{ expression: '${expression}', message: "at least two replicas, please" }] }`;

    it('lets through what keeps its rules; it sees what the target would have, not what the source has', async () => {
      await expectArrived(await released(policy('objects.all(o, o.spec.replicas >= 2)')));
    });

    it('stops what breaks a rule, with the words of the rule, until a change keeps it', async () => {
      const shop = await released(policy('changes.all(c, c.after.spec.template.spec.containers.all(d, !d.image.endsWith(":2.0")))'));
      await expectWaiting(shop);
      expect(await verdictOf(shop)).toMatchObject({ gate: 'rules', outcome: 'fail', message: 'at least two replicas, please', evidence: { broken: 1 } });
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.1' }) });
      await shop.settle();
      expect(await shop.file('qa', CHECKOUT)).toContain(':2.1');
    });

    it('says where a rule cannot be evaluated, and does not take that for a pass', async () => {
      const shop = await released(policy('objects.all(o, o.spec.strategy.type == "Recreate")'));
      await expectWaiting(shop);
      expect(await verdictOf(shop)).toMatchObject({ outcome: 'fail', message: 'rule 1 could not be evaluated: No such key: strategy at character 23' });
    });

    it('is looked at again when the rule changes, for the same content', async () => {
      const shop = await released(policy('size(changes) == 0'));
      await expectWaiting(shop);
      await shop.commit('main', branches({ qa: gates(policy('size(changes) == 1')) })['main'] ?? {});
      await shop.settle();
      await expectArrived(shop);
    });

    it('with an expression that is none is refused where it stands, and the last good pipeline stays in force', async () => {
      const shop = await world().repository(branches());
      await shop.commit('main', branches({ qa: gates(policy('objects.all(o, p.spec)')) })['main'] ?? {});
      await shop.settle();
      const record = await world().ports.repositories.pipeline(shop.id);
      expect(record?.diagnostics).toMatchObject([{ line: 12, message: 'is no valid CEL expression at character 16: Unknown variable: p' }]);
      expect(record?.pipeline).toBeDefined();
    });
  });

  describe('no Secret in plain text', () => {
    const PASSWORD = 'hunter2-do-not-tell';
    const FILE = 'apps/checkout/secret.yaml';
    const secret = (rest: string): string => `apiVersion: v1\nkind: Secret\nmetadata: { name: db, namespace: shop }\n${rest}\n`;
    const plain = secret(`stringData: { password: ${PASSWORD} }`);
    const gate = '{ name: no-secrets, type: secrets }';
    const arrives = (text: string, gateLine = gate): Promise<Shop> => released(gateLine, { [CHECKOUT]: release, [FILE]: text });

    it.each([
      ['a SealedSecret', 'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: { name: db }\nspec: { encryptedData: { password: AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq } }\n'],
      ['an ExternalSecret', 'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: db }\nspec: { data: [{ secretKey: password, remoteRef: { key: db } }] }\n'],
      ['a Secret that SOPS has encrypted', secret('stringData: { password: "ENC[AES256_GCM,data:p673w==,iv:YY=,tag:CQ==,type:str]" }\nsops: { mac: "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]", version: 3.9.0 }')],
    ])('lets %s through', async (_, text) => {
      await expectArrived(await arrives(text));
    });

    it('stops a Secret, says where it is, and tells nobody what it is', async () => {
      const shop = await arrives(plain);
      await expectWaiting(shop);
      expect(await verdictOf(shop)).toMatchObject({ gate: 'no-secrets', outcome: 'fail', message: `in plain text: Secret shop/db in ${FILE} (stringData)` });
      const current = await shop.current('checkout', 'qa');
      const [statuses, events] = [await world().ports.statuses.list(shop.id, current!.candidate.head), (await world().ports.events.after(undefined, 1_000)).events];
      const told = JSON.stringify([await shop.promotions('checkout', 'qa'), await shop.lane('checkout', 'qa'), await shop.requests(), statuses, events]);
      expect(told).toContain('no-secrets');
      expect(told).not.toMatch(new RegExp(`${PASSWORD}|${Buffer.from(PASSWORD).toString('base64').slice(0, 12)}`));
      await shop.commit('dev', { [FILE]: null });
      await shop.settle();
      await expectArrived(shop);
    });

    it('says nothing of one that is in the target already, or that is allowed', async () => {
      await expectArrived(await arrives(plain, '{ name: no-secrets, type: secrets, allow: ["shop/d?"] }'));
      const base = branches({ qa: gates(gate) });
      const shop = await world().repository({ ...base, dev: { ...base['dev'], [FILE]: plain }, qa: { ...base['qa'], [FILE]: plain } });
      await shop.commit('dev', { [CHECKOUT]: release });
      await shop.settle();
      await expectArrived(shop);
    });
  });

  describe('another system’s word', () => {
    let asked: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
    let answer: (response: ServerResponse) => void = () => undefined;
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        asked.push({ headers: request.headers, body });
        answer(response);
      });
    });
    beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
    afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));
    beforeEach(() => void (asked = []));

    const says = (word: Readonly<Record<string, unknown>>, status = 200) => (response: ServerResponse) => void response.writeHead(status, { connection: 'close' }).end(JSON.stringify(word));
    const board = (options = 'secret: BOARD', host = `127.0.0.1:${(server.address() as AddressInfo | null)?.port ?? 0}`): string => `{ name: board, type: http, url: "http://${host}/ask", ${options} }`;
    /** Until it is time to ask again. */
    async function waitForAsking(shop: Shop): Promise<void> {
      await sleep(Math.max(0, Number((await verdictOf(shop))?.evidence['askAgainAt']) - Date.now()));
      await shop.settle();
    }

    it('lets a promotion through when it says so; it is told what comes, signed, and asked once', async () => {
      answer = says({ outcome: 'wait', message: 'the board meets at ten', until: new Date(Date.now() + 1_000).toISOString() });
      const shop = await released(board());
      await expectWaiting(shop);
      expect(await verdictOf(shop)).toMatchObject({ gate: 'board', outcome: 'wait', message: 'the board meets at ten', until: expect.any(Number), evidence: { asked: 1 } });
      await shop.settle();
      expect(asked).toHaveLength(1);
      answer = says({ outcome: 'pass', message: 'CHG-7' });
      await waitForAsking(shop);
      await expectArrived(shop);
      expect(asked).toHaveLength(2);
      const [{ headers, body }] = asked as [(typeof asked)[0]];
      expect(JSON.parse(body)).toMatchObject({ gate: 'board', application: 'checkout', environment: 'qa', source: { environment: 'dev' }, digest: expect.stringMatching(/^[0-9a-f]{64}$/), changes: { files: 1, paths: [CHECKOUT] } });
      expect(headers['sluice-signature']).toBe(`v1=${createHmac('sha256', 'secret of BOARD').update(`${headers['sluice-timestamp'] ?? ''}.${body}`).digest('hex')}`);
    });

    it('stops a promotion for good when it says no, and is asked anew about another', async () => {
      answer = says({ outcome: 'fail', message: 'not this week' });
      const shop = await released(board());
      await expectWaiting(shop);
      await shop.settle();
      expect(await verdictOf(shop)).toMatchObject({ outcome: 'fail', message: 'not this week' });
      expect(asked).toHaveLength(1);
      answer = says({ outcome: 'pass', message: '' });
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0', level: 'debug' }) });
      await shop.settle();
      await expectArrived(shop);
    });

    it.each([
      ['does not answer in time', () => undefined, /has not answered within 2 s/],
      ['answers with an error', says({}, 503), 'it answers with status 503'],
      ['answers what nobody understands', says({ outcome: 'maybe' }), /^its answer is not/],
      ['answers without an end', (response: ServerResponse) => void response.writeHead(200).end('x'.repeat(100_000)), /longer than 65536 bytes/],
      ['sends us to a place that is not to be asked', (response: ServerResponse) => void response.writeHead(307, { location: 'http://127.0.0.2/' }).end(), /127\.0\.0\.2 is at an address that this server does not ask/],
    ])('waits while it %s, and says when it is asked again', async (_, reply, message) => {
      answer = reply;
      const shop = await released(board());
      await expectWaiting(shop);
      expect(await verdictOf(shop)).toMatchObject({ outcome: 'wait', message: typeof message === 'string' ? message : expect.stringMatching(message), until: expect.any(Number) });
    });

    it('is not asked at a private address, nor without a secret', async () => {
      expect(await verdictOf(await released(board('secret: BOARD', '169.254.169.254')))).toMatchObject({ outcome: 'wait', message: expect.stringContaining('an address that this server does not ask') });
      expect(await verdictOf(await released(board('secret: NONE')))).toMatchObject({ outcome: 'wait', message: 'the server has no secret NONE to sign with: set SLUICE_GATE_SECRET_NONE' });
      expect(asked).toEqual([]);
    });
  });

  describeWithProgram('docker-registry', 'every image exists', () => {
    let registry: RunningRegistry;
    beforeAll(async () => void (registry = await startRegistry()), 60_000);
    afterAll(() => registry?.stop());
    const gate = '{ name: images, type: images }';
    const from = (host: string, tag: string): string => deployment('checkout', { tag, registry: `${host}/shop` });

    it('lets through what can be pulled, with all its sidecars', async () => {
      await registry.push('shop/checkout', '2.0');
      await registry.push('shop/sidecar', '1.0');
      await expectArrived(await released(gate, { [CHECKOUT]: deployment('checkout', { tag: '2.0', registry: `${registry.host}/shop`, sidecar: `${registry.host}/shop/sidecar:1.0` }) }));
    });

    it('stops a promotion whose image nobody has pushed, and names it, until somebody does', async () => {
      const shop = await released(gate, { [CHECKOUT]: from(registry.host, '2.0-missing') });
      await expectWaiting(shop);
      expect(await verdictOf(shop)).toMatchObject({ gate: 'images', outcome: 'fail', message: `not in the registry: ${registry.host}/shop/checkout:2.0-missing (Deployment checkout)`, evidence: { askAgainAt: expect.any(Number) } });
      await registry.push('shop/checkout', '2.0-missing');
      await sleep(Math.max(0, Number((await verdictOf(shop))?.evidence['askAgainAt']) - Date.now()));
      await shop.settle();
      await expectArrived(shop);
    }, 60_000);

    it('waits for a registry that does not answer, and says when it is asked again', async () => {
      const shop = await released(gate, { [CHECKOUT]: from('127.0.0.1:1', '2.0') });
      await expectWaiting(shop);
      expect(await verdictOf(shop)).toMatchObject({ outcome: 'wait', message: expect.stringContaining('127.0.0.1:1 cannot be reached'), until: expect.any(Number) });
    });
  });

  describeWithProgram('ssh-keygen', 'commits signed by trusted keys', () => {
    let folder = '';
    beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'sluice-keys-'))));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    /** A key of somebody's, made once. @returns the line to trust. */
    function keyOf(person: string): string {
      const file = join(folder, person);
      if (!existsSync(file)) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', person, '-f', file]);
      return readFileSync(`${file}.pub`, 'utf8').trim();
    }
    const signature = (...people: readonly string[]): string => gates(`{ name: signed, type: signature, keys: [${people.map((person) => JSON.stringify(keyOf(person))).join(', ')}] }`);
    const signWith = async (shop: Shop, person: string | undefined): Promise<void> => {
      await shop.git('config', 'gpg.format', 'ssh');
      await shop.git('config', 'user.signingKey', join(folder, person ?? ''));
      await shop.git('config', 'commit.gpgSign', String(person !== undefined));
    };
    it('lets through what they have signed, and stops it at the first commit that nobody did, with who made that', async () => {
      const shop = await world().repository(branches({ qa: signature('ada', 'bob') }));
      keyOf('eve');
      await signWith(shop, 'ada');
      await shop.commit('dev', { [CHECKOUT]: release });
      await shop.settle();
      await expectArrived(shop);
      await signWith(shop, undefined);
      const unsigned = await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) }, { as: 'bob' });
      await signWith(shop, 'bob');
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.1' }) }, { as: 'bob' });
      await shop.settle();
      await expectArrived(shop);
      expect(await verdictOf(shop)).toMatchObject({ outcome: 'fail', message: `${unsigned.slice(0, 10)} by bob <bob@example.org> is not signed`, evidence: { commits: 2, withoutSignature: 1 } });
    });

    it('is not taken in by the key of somebody else', async () => {
      const shop = await world().repository(branches({ qa: signature('ada') }));
      keyOf('eve');
      await signWith(shop, 'eve');
      await shop.commit('dev', { [CHECKOUT]: release });
      await shop.settle();
      await expectWaiting(shop);
      expect(await verdictOf(shop)).toMatchObject({ outcome: 'fail', message: expect.stringContaining("is signed with a key that is not among the gate's") });
    });

    it('looks behind Sluice’s own merges at what people did, and at every hand that was on the way', async () => {
      const shop = await world().repository(branches({ prod: signature('ada') }));
      await signWith(shop, 'ada');
      await shop.commit('dev', { [CHECKOUT]: release });
      await shop.settle();
      expect(await shop.file('prod', CHECKOUT)).toContain(':2.0');
      await signWith(shop, undefined);
      // a commit on qa that claims to be a promotion is none
      const ledger = (await shop.file('qa', '.sluice/qa/checkout.yaml')) ?? '';
      const forged = await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { tag: '6.6', replicas: 2 }), '.sluice/qa/checkout.yaml': `${ledger}# again\n` }, { as: 'bob' });
      await shop.settle();
      expect(await shop.file('prod', CHECKOUT)).toContain(':2.0');
      expect((await shop.current('checkout', 'prod'))?.verdicts[0]).toMatchObject({ gate: 'signed', outcome: 'fail', message: expect.stringContaining(`${forged.slice(0, 10)} by bob`) });
    });
  });
});
