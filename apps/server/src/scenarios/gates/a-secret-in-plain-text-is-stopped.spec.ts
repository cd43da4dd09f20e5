import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { expectArrived, expectWaiting, gateSteps, gates, release, verdictOf } from './released.fixture.js';

describeWorlds('the gate against Secrets in plain text', (world) => {
  const { released } = gateSteps(world);

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
