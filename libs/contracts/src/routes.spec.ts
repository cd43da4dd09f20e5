import { promote, newStatus, tokenRequest } from './api.js';
import { API, pathOf } from './routes.js';
import { placeOf } from './places.js';
import type { Route } from './routes.js';
import { routesWithoutScope, scopeOf } from './scopes.js';

const routes: readonly Route[] = Object.values(API);

describe('the table of routes', () => {
  it('has each method and path once', () => {
    const keys = routes.map((route) => `${route.method} ${route.path}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('describes the parameters of every path that has some', () => {
    for (const route of routes) expect([route.path, route.params !== undefined]).toEqual([route.path, route.path.includes('/:')]);
  });

  it('lets nobody write without a credential', () => {
    expect(routes.filter((route) => route.method !== 'GET' && route.access === 'public')).toEqual([]);
  });

  it('names the scope that a token needs wherever a person changes something', () => {
    expect(routesWithoutScope()).toEqual([]);
    expect([scopeOf(API.matrix), scopeOf(API.promote), scopeOf(API.approve), scopeOf(API.savePerson), scopeOf(API.createStatus), scopeOf(API.createOwnToken)]).toEqual(['read', 'promote', 'approve', 'admin', 'report', 'all']);
  });

  it('takes no limited token where it names no scope', () => {
    expect(scopeOf({ method: 'POST', path: '/api/v1/new', access: 'person', summary: '' })).toBe('all');
  });

  it('says how each route names the place that it is about: a token for some places is good for nothing else', () => {
    const named = (Object.entries(API) as [string, Route][]).flatMap(([name, route]) => {
      const { repository: _repository, promotion, ...place } = placeOf(route);
      const said = [...Object.entries(place).map(([key, part]) => `${key} in ${part}`), ...(promotion ? ['promotion'] : [])].join(', ');
      return route.access === 'person' && said !== '' ? [`${name}: ${said}`] : [];
    });
    expect(named).toEqual([
      'acceptDirect: environment in params',
      'restoreEnvironment: environment in params',
      'why: environment in query, application in query',
      'backflow: environment in query, application in query',
      'plan: environment in body, application in body',
      'planContent: environment in body, application in body',
      'promote: environment in body, application in body',
      'rollback: environment in body, application in body',
      'promotions: environment in query, application in query',
      'promotion: promotion',
      'promotionDiff: promotion',
      'approve: promotion',
      'reject: promotion',
      'clearGate: promotion',
      'overrideGate: promotion',
      'mergePromotion: promotion',
      'approvals: environment in query, application in query',
      'delegate: environment in body, application in body',
      'breakGlass: environment in body',
      'freeze: environment in body, application in body',
      'liftFreezes: environment in body, application in body',
      'testRuns: environment in query, application in query',
      'rerunTests: environment in body, application in body',
      'rollout: environment in params',
      'pauseRollout: environment in params',
      'continueRollout: environment in params',
      'abortRollout: environment in params',
      'drift: environment in query',
      'captureDrift: environment in body',
      'deliveryMetrics: environment in query, application in query',
      'clusters: environment in query',
    ]);
  });

  it('fills in and encodes parameters', () => {
    expect(pathOf(API.promotion, { repository: 'shop', promotion: 'a/b c' })).toBe('/api/v1/repositories/shop/promotions/a%2Fb%20c');
    expect(() => pathOf(API.promotion, { repository: 'shop' })).toThrow('promotion');
  });
});

describe('wire schemas', () => {
  it('take names as branded names and say what is wrong with others', () => {
    expect(promote.parse({ repository: 'shop', application: 'checkout', environment: 'qa' })).toEqual({ repository: 'shop', application: 'checkout', environment: 'qa', reason: '' });
    expect(promote.safeParse({ repository: '../shop', application: 'checkout', environment: 'qa' }).error?.issues).toMatchObject([{ path: ['repository'] }]);
  });
  it('take only web addresses for a status', () => {
    expect(newStatus.safeParse({ context: 'ci', state: 'success', url: 'javascript:alert(1)' }).success).toBe(false);
    expect(newStatus.safeParse({ context: 'ci', state: 'success', url: 'https://ci.example.org/1' }).success).toBe(true);
  });
  it('refuse a secret that is none', () => {
    expect(tokenRequest.safeParse({ secret: 'short' }).success).toBe(false);
  });
});
