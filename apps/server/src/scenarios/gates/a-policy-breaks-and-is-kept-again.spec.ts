import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { expectArrived, expectWaiting, gateSteps, gates, verdictOf } from './released.fixture.js';

describeWorlds('a policy over what would be promoted', (world) => {
  const { released } = gateSteps(world);

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
