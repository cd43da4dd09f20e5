import { commitSha, instant, repositoryId, type CommitSha } from '@sluice/kernel';
import { passingMemory } from './passing-memory.js';
import { Remembered } from './remembered.js';
import { toldPushers } from './told-pushers.js';

const SHOP = repositoryId('shop');
const [ONE, OTHER, UNKNOWN] = ['1', '2', '3'].map((digit) => commitSha(digit.repeat(40))) as [CommitSha, CommitSha, CommitSha];

describe('who pushed, of a forge over the network', () => {
  const kept = new Map<CommitSha, string>();
  const asked: (readonly CommitSha[])[] = [];
  let now = 1_800_000_000_000;
  const ports = {
    remembered: new Remembered(passingMemory(), () => instant(now)),
    forges: {
      pushers: (_: unknown, commits: readonly CommitSha[]) => Promise.resolve(new Map([...kept].filter(([commit]) => commits.includes(commit)))),
      notePushes: async (_: unknown, by: string, commits: readonly CommitSha[]) => commits.forEach((commit) => kept.set(commit, kept.get(commit) ?? by)),
    },
    pushes: {
      pushersOf: (_: unknown, commits: readonly CommitSha[]) => {
        asked.push(commits);
        return Promise.resolve(new Map(commits.filter((commit) => commit !== UNKNOWN).map((commit) => [commit, 'grace'])));
      },
    },
  };

  it('is asked for once, and not at all when a webhook has told it', async () => {
    await ports.forges.notePushes(SHOP, 'ada', [ONE]);
    expect(await toldPushers(ports, SHOP, [ONE])).toEqual(new Map([[ONE, 'ada']]));
    expect(asked).toEqual([]);
    for (let times = 0; times < 2; times += 1) expect(await toldPushers(ports, SHOP, [ONE, OTHER])).toEqual(new Map([[ONE, 'ada'], [OTHER, 'grace']]));
    expect(asked).toEqual([[OTHER]]);
  });

  it('is asked for again after a while where the forge does not know (yet), not each time', async () => {
    asked.length = 0;
    for (let times = 0; times < 3; times += 1) expect(await toldPushers(ports, SHOP, [ONE, UNKNOWN])).toEqual(new Map([[ONE, 'ada']]));
    expect(asked).toEqual([[UNKNOWN]]);
    now += 5 * 60_000;
    await toldPushers(ports, SHOP, [UNKNOWN]);
    expect(asked).toEqual([[UNKNOWN], [UNKNOWN]]);
  });

  it('is known at once when a webhook tells it meanwhile', async () => {
    asked.length = 0;
    await ports.forges.notePushes(SHOP, 'bob', [UNKNOWN]);
    expect(await toldPushers(ports, SHOP, [UNKNOWN])).toEqual(new Map([[UNKNOWN, 'bob']]));
    expect(asked).toEqual([]);
  });
});
