import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithProgram } from '@sluice/testing';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { expectArrived, expectWaiting, gates, release, verdictOf } from './released.fixture.js';

describeWorlds('the gate that commits are signed', (world) => {
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
