import { Unavailable } from '@sluice/kernel';
import { redirected } from './redirect.js';
import { routeOf } from './route.js';

const call = (method: string) => ({ method, url: new URL('https://git.example/a'), headers: new Headers({ authorization: 'token s3cret-value', 'private-token': 's3cret-value', accept: 'x/y' }), body: new Uint8Array(1) });
const headersAfter = (method: string, status: number, location: string) => Object.fromEntries(redirected(call(method), status, location)?.headers ?? []);

test.each([301, 302, 303, 307, 308])('a read is redirected by %i on the same host with the credential', (status) => {
  expect(headersAfter('GET', status, '/b')).toMatchObject({ authorization: 'token s3cret-value' });
  expect(redirected(call('GET'), status, '/b')?.url.href).toBe('https://git.example/b');
});

test.each(['https://other.example/b', 'https://git.example:8443/b'])('a read is redirected to %s without the credential', (location) => {
  expect(headersAfter('GET', 302, location)).toEqual({ accept: 'x/y' });
});

test('a write is made again where its method stays', () => {
  expect(redirected(call('POST'), 308, '/b')).toMatchObject({ method: 'POST', body: new Uint8Array(1) });
});

test.each([
  ['POST', 302, '/b'],
  ['PATCH', 307, 'https://other.example/b'],
  ['GET', 302, 'http://git.example/b'],
  ['GET', 302, 'file:///etc/passwd'],
  ['GET', 302, 'https://'],
])('%s is not redirected by %i to %s', (method, status, location) => {
  expect(() => redirected(call(method), status, location)).toThrow(Unavailable);
});

test.each([[200, '/b'], [304, '/b'], [302, null]])('status %i with the location %s is no redirect', (status, location) => {
  expect(redirected(call('GET'), status, location)).toBeUndefined();
});

test.each([
  ['/repos/ada/shop/pulls/12', '/repos/:owner/:repo/pulls/:number'],
  ['/api/v1/repos/ada/repos/branches/main', '/api/v1/repos/:owner/:repo/branches/:branch'],
  ['/api/v4/projects/group%2Fshop/merge_requests/3', '/api/v4/projects/:project/merge_requests/:number'],
  [`/api/v1/repos/a/b/commits/${'a'.repeat(40)}/status`, '/api/v1/repos/:owner/:repo/commits/:commit/status'],
  ['/app/installations/7/access_tokens', '/app/installations/:id/access_tokens'],
  ['/', '/'],
])('calls of %s are counted as %s', (path, route) => {
  expect(routeOf(new URL(path, 'https://git.example'))).toBe(route);
});
