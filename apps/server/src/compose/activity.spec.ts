import { countRemoteCall, newActivity } from './activity.js';

describe('calls of forges over the network', () => {
  it.each<readonly [Parameters<typeof countRemoteCall>[2], string]>([
    [{ status: 200 }, 'done'],
    [{ status: 201 }, 'done'],
    [{ status: 304 }, 'unchanged'],
    [{ status: 401 }, 'refused'],
    [{ status: 403 }, 'refused'],
    [{ status: 404 }, 'rejected'],
    [{ status: 429, limited: true }, 'limited'],
    [{ status: 403, limited: true }, 'limited'],
    [{ status: 502 }, 'fault'],
    [{}, 'unanswered'],
  ])('that end with %j are counted as %s', (call, outcome) => {
    const activity = newActivity();
    countRemoteCall(activity, 'gitlab', call);
    countRemoteCall(activity, 'gitlab', call);
    expect(activity.remoteCalls).toEqual(new Map([['gitlab', new Map([[outcome, 2]])]]));
  });
});
