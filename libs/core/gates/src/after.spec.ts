import { applicationName } from '@sluice/kernel';
import { evaluateAfter } from './after.js';

const [checkout, cart, web, search] = [applicationName('checkout'), applicationName('cart'), applicationName('web'), applicationName('search')];

describe('an application that comes after others', () => {
  it('may go when they have settled', () => {
    expect(evaluateAfter([{ application: checkout }])).toEqual({ outcome: 'pass', message: 'checkout has nothing open here', evidence: { checkout: 'settled' } });
  });

  it('waits for those that have not, and says what for', () => {
    expect(evaluateAfter([{ application: checkout, waits: 'it is held: x' }, { application: cart }])).toMatchObject({ outcome: 'wait', message: 'checkout goes first: it is held: x', evidence: { checkout: 'open', cart: 'settled' } });
  });

  it('names the circle where one of them waits for it in turn, and who can open it', () => {
    expect(evaluateAfter([{ application: web, waits: 'its promotion waits for after', circle: [[checkout, cart], [web, search]] }])).toEqual({
      outcome: 'wait',
      message: 'they wait for each other in a circle, each to come after the next: checkout and cart → web and search → checkout and cart; it is no circle of the pipeline, but of what moves between applications just now',
      clearedBy: 'somebody who closes one of them (sluice reject), web for one, and promotes it when the others have gone',
      evidence: { web: 'open', circle: 'checkout and cart → web and search → checkout and cart' },
    });
  });
});
