import { fact, hour, rollback } from './facts.fixture.js';
import { outcomeOf } from './outcome.js';

const ATTEMPT = { isAttempt: true };

describe('what came of a promotion', () => {
  it.each([
    ['is not known while it rolls out', fact(), undefined],
    ['is a deployment when it is live', fact({ liveAt: hour(3) }), { ...ATTEMPT, at: hour(3), isDeployment: true }],
    ['is no deployment of its own when a newer one became live with it', fact({ liveAt: hour(3), wentWithNewer: true }), { ...ATTEMPT, at: hour(3), isDeployment: false }],
    ['is a failure that goes on when it is degraded', fact({ degradedAt: hour(2) }), { at: hour(2), isDeployment: false, failure: { began: hour(2), ended: 'open' } }],
    ['counts when it was degraded, and as a deployment when it recovers', fact({ degradedAt: hour(2), liveAt: hour(5) }), { at: hour(2), isDeployment: true, failure: { began: hour(2), ended: hour(5) } }],
    ['ends with the rollback, once that is live', fact({ degradedAt: hour(2), ...rollback(3, 4) }), { at: hour(2), isDeployment: false, failure: { began: hour(2), ended: hour(4) } }],
    ['goes on while the rollback is on its way', fact({ degradedAt: hour(2), ...rollback(3) }), { failure: { ended: 'open' } }],
    ['began with the order, where nothing was seen before a rollback', fact({ liveAt: hour(2), ...rollback(6, 7) }), { at: hour(2), isDeployment: true, failure: { began: hour(6), isSeen: false, ended: hour(7) } }],
    ['is a failure of unknown length when its merge was taken off by force', fact({ liveAt: hour(2), isUndone: true, undoneAt: hour(4) }), { failure: { ended: 'unknown' } }],
    ['is a failure of unknown length when somebody put it back by hand', fact({ liveAt: hour(2), revertedAt: hour(4) }), { at: hour(2), isDeployment: true, failure: { ended: 'unknown' } }],
    ['ends with what is healthy again when it was degraded and put back by hand, which does not make it a deployment', fact({ degradedAt: hour(2), revertedAt: hour(3), liveAt: hour(4) }), { isDeployment: false, failure: { began: hour(2), ended: hour(4) } }],
    ['is a failure when it was mended while red', fact({ liveAt: hour(2), mendedAt: hour(9) }), { at: hour(2), isDeployment: true, failure: { ended: 'unknown' } }],
    ['is only a deployment, by its merge, when it was made again from git', fact({ isRestored: true, liveAt: hour(8) }), { at: hour(1), isDeployment: true, isAttempt: false }],
    ['is no deployment when it was made again and is undone', fact({ isRestored: true, isUndone: true }), { at: hour(1), isDeployment: false, isAttempt: false }],
  ])('%s', (_, given, expected) => {
    if (expected === undefined) expect(outcomeOf(given)).toBeUndefined();
    else expect(outcomeOf(given)).toMatchObject(expected);
  });

  it('has no failure while nothing speaks for one', () => {
    expect(outcomeOf(fact({ liveAt: hour(3) }))?.failure).toBeUndefined();
    expect(outcomeOf(fact({ isRestored: true, liveAt: hour(3), mendedAt: hour(4) }))?.failure).toBeUndefined();
  });
});
