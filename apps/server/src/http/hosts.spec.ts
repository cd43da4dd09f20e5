import { Forbidden } from '@sluice/kernel';
import { assertOwnHost } from './hosts.js';

const ALLOWED = new Set(['127.0.0.1:8080', 'sluice.example.org']);
const request = (method: string, url: string, headers: Record<string, string>) => ({ method, url, headers });

describe('assertOwnHost', () => {
  it.each([
    ['a page of ours', request('POST', '/api/v1/promote', { host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' })],
    ['a page of ours, as browsers of today say it', request('POST', '/api/v1/promote', { host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-origin' })],
    ['a client without a browser', request('POST', '/api/v1/promote', { host: 'sluice.example.org' })],
    ['a host in capitals', request('GET', '/', { host: 'SLUICE.example.org' })],
    ['a probe by address', request('GET', '/readyz', { host: '10.0.0.7:8080' })],
    ['a link on another site', request('GET', '/', { host: 'sluice.example.org', origin: 'https://elsewhere.example' })],
  ])('lets %s in', (_, asked) => {
    expect(() => assertOwnHost(asked, ALLOWED)).not.toThrow();
  });

  it.each([
    ['a name that was pointed here (DNS rebinding)', request('GET', '/api/v1/me', { host: 'evil.example' })],
    ['no host at all', request('GET', '/', {})],
    ['a form on another site', request('POST', '/api/v1/session', { host: 'sluice.example.org', origin: 'https://elsewhere.example' })],
    ['a sandboxed page', request('DELETE', '/api/v1/session', { host: 'sluice.example.org', origin: 'null' })],
    ['a page of another site that hides its origin', request('POST', '/api/v1/session', { host: 'sluice.example.org', 'sec-fetch-site': 'cross-site' })],
    ['a page of another host of our domain', request('DELETE', '/api/v1/session', { host: 'sluice.example.org', 'sec-fetch-site': 'same-site' })],
    ['another port of this host', request('POST', '/api/v1/session', { host: '127.0.0.1:8080', origin: 'http://127.0.0.1:9999' })],
  ])('refuses %s', (_, asked) => {
    expect(() => assertOwnHost(asked, ALLOWED)).toThrow(Forbidden);
  });
});
