import { access, constants } from 'node:fs/promises';
import { gitBackendPath, gitVersion, supportedVersion } from './git-program.js';

describe('the installed git', () => {
  it('tells its version', async () => {
    expect(await gitVersion()).toMatch(/^\d+\.\d+/);
  });

  it('has the program that serves repositories over HTTP', async () => {
    await expect(access(await gitBackendPath(), constants.X_OK)).resolves.toBeUndefined();
  });

  it.each([
    ['git version 2.38.0', '2.38.0'],
    ['git version 2.39.5 (Apple Git-154)', '2.39.5'],
    ['git version 3.0.1.windows.1', '3.0.1.windows.1'],
  ])('%s is new enough', (output, version) => {
    expect(supportedVersion(output)).toBe(version);
  });

  it.each(['git version 2.37.9', 'git version 1.99.0', 'something else'])('%s is refused with what to do', (output) => {
    expect(() => supportedVersion(output)).toThrow('install git 2.38 or newer');
  });
});
