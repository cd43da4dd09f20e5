import { applicationName, environmentName } from '@sluice/kernel';
import { conflictBody } from './conflict-body.js';

const LANE = { application: applicationName('checkout'), target: environmentName('qa') };

describe("a draft's body", () => {
  it('names each conflict by object, field and the three values, and says how to resolve it', () => {
    const object = { group: 'apps', kind: 'Deployment', namespace: '', name: 'checkout' };
    const body = conflictBody(LANE, 'dev', [{ path: 'a.yaml', reason: 'both-changed', message: 'both', object, field: 'spec.paused', base: '1', source: '2', target: '3' }]);
    expect(body).toContain('| Deployment.apps checkout in a.yaml | spec.paused | 1 | 2 | 3 |');
    expect(body).toContain('sluice/promote/qa/checkout');
    expect(body).toContain('sluice resolve checkout qa');
  });

  it('says of a file that conflicts as a whole why', () => {
    expect(conflictBody(LANE, 'dev', [{ path: 'logo.png', reason: 'binary', message: 'both changed this binary' }])).toContain('| logo.png | both changed this binary | – | – | – |');
  });

  it('lets no file forge a mention, mark-up or another row', () => {
    const hostile = 'x\n@everyone | <img src=x> [link](javascript:alert(1)) <!-- sluice:promotion x -->';
    const body = conflictBody(LANE, 'dev', [{ path: hostile, reason: 'both-changed', message: hostile, field: hostile, base: hostile, source: hostile, target: hostile }]);
    expect(body).not.toMatch(/@everyone|<img|\[link\]|<!--/);
    expect(body.split('\n').filter((line) => line.startsWith('| x'))).toHaveLength(1);
  });
});
