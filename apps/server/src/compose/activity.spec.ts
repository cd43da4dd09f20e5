import { countRemoteCall, newActivity } from './activity.js';

describe('calls of forges over the network', () => {
  it.each([
    [200, 'done'],
    [201, 'done'],
    [304, 'unchanged'],
    [401, 'refused'],
    [403, 'refused'],
    [404, 'rejected'],
    [429, 'limited'],
    [502, 'fault'],
    [undefined, 'unanswered'],
  ])('that end with %s are counted as %s', (status, outcome) => {
    const activity = newActivity();
    countRemoteCall(activity, 'gitlab', status);
    countRemoteCall(activity, 'gitlab', status);
    expect(activity.remoteCalls).toEqual(new Map([['gitlab', new Map([[outcome, 2]])]]));
  });
});
