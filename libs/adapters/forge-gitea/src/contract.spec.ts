import { describeForgeContract } from '@sluice/testing';
import { startGitea } from './gitea.fixture.js';

describe.each(['gitea', 'forgejo'] as const)('%s', (kind) => {
  describeForgeContract(kind, async () => {
    const forge = await startGitea(kind);
    return {
      ...forge,
      stop: async () => {
        const unexpected = forge.double.unexpected();
        await forge.stop();
        expect(unexpected).toEqual([]);
      },
    };
  });
});
