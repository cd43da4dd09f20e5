import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { inSync } from '../in-sync.fixture.js';
import { branches } from '../shop.fixture.js';
import { APPROVED, promotionSteps } from './steps.fixture.js';

describeInEveryWay('environments that have the same at first', (world, way) => {
  const { repository } = promotionSteps(world, way);

  it('are recorded as they are, without asking anybody', async () => {
    const shop = await repository(branches({ prod: APPROVED }));
    await inSync(shop, 'cart', 'prod');
    expect((await shop.promotions('cart', 'prod')).map((promotion) => promotion.candidate.kind)).toEqual(['record-only']);
  });
});
