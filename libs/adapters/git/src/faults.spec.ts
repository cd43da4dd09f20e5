import { GitFailed } from '@sluice/git-process';
import { forgeRefusalOf, Unavailable } from '@sluice/kernel';
import { remoteFault } from './faults.js';

/** As the forges and git say it. */
it.each([
  ["remote: Invalid username or token.\nfatal: Authentication failed for 'https://github.com/acme/shop.git/'", 'credential'],
  ["remote: Write access to repository not granted.\nfatal: unable to access 'https://github.com/acme/shop.git/': The requested URL returned error: 403", 'credential'],
  ["remote: This repository was archived so it is read-only.\nfatal: unable to access 'https://github.com/acme/shop.git/': The requested URL returned error: 403", 'archived'],
  ["remote: Repository not found.\nfatal: repository 'https://github.com/acme/shop.git/' not found", 'gone'],
  ["remote: The project you were looking for could not be found or you don't have permission to view it.\nfatal: repository 'https://gitlab.com/acme/shop.git/' not found", 'gone'],
  ["fatal: unable to access 'https://git.example.org/acme/shop.git/': The requested URL returned error: 301", 'gone'],
  ["fatal: unable to access 'https://git.example.org/acme/shop.git/': The requested URL returned error: 307", 'gone'],
  ["fatal: unable to access 'https://git.example.org/acme/shop.git/': The requested URL returned error: 502", undefined],
  ["fatal: unable to access 'https://git.example.org/': Could not resolve host: git.example.org", undefined],
])('a remote that says %j refuses the %s', (stderr, refusal) => {
  const fault = remoteFault(new GitFailed('git fetch failed', { reason: 'exit', command: 'fetch', exitCode: 128, stderr }), 'shop');
  expect(fault).toBeInstanceOf(Unavailable);
  expect(forgeRefusalOf(fault)).toBe(refusal);
});
