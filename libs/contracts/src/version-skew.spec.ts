import { versionSkew } from './version-skew.js';

it.each([
  ['1.4.0', '1.4.9'],
  ['1.3.2', '1.4.0'],
  ['1.5.0', '1.4.0'],
  ['0.1.0', '0.2.0'],
  ['1.5.0-rc.1', '1.4.0'],
  // says nothing
  ['dev', '1.4.0'],
])('an agent %s and a server %s go together', (agent, server) => {
  expect(versionSkew(agent, server)).toBeUndefined();
});

it.each([
  ['1.2.9', '1.4.0', /^the agent \(1\.2\.9\) is too old for the server \(1\.4\.0\): .*install a newer agent$/],
  ['1.6.0', '1.4.0', /is too new for the server .*install a newer server first, or an older agent$/],
  ['0.9.0', '1.0.0', /is too old/],
  ['2.0.0', '1.9.0', /is too new/],
])('an agent %s and a server %s do not', (agent, server, message) => {
  expect(versionSkew(agent, server)).toMatch(message);
});
