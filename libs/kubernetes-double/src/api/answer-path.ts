import { aggregated, AGGREGATED_TYPE, groupDocument, groupList, legacyVersions, resourceList, wantsAggregated } from './discovery.js';
import { ApiError, methodNotAllowed, noSuchResource } from './api-error.js';
import type { Catalogue } from './catalogue.js';
import type { PathRequest } from './parse-request.js';
import type { Answer } from './world.js';

/** Not a Status: the server's mux itself answers a path that nothing is registered for. */
export class NoSuchPath extends ApiError {
  constructor() {
    super(404, 'NotFound', '404 page not found');
  }
}

const VERSION = { major: '1', minor: '32', gitVersion: 'v1.32.0', gitCommit: '70d3cc986aa8221cd1dfb1121852688902d3bf53', gitTreeState: 'clean', buildDate: '2024-12-11T17:59:15Z', goVersion: 'go1.23.3', compiler: 'gc', platform: 'linux/amd64' };

/** Answers requests for no resource: discovery, version, health. https://kubernetes.io/docs/reference/using-api/health-checks/ */
export function answerPath({ verb, path }: PathRequest, catalogue: Catalogue, context: { readonly host: string; readonly accept: string }): Answer {
  if (verb !== 'get' && verb !== 'head') throw methodNotAllowed();
  if (['/readyz', '/livez', '/healthz'].includes(path)) return { code: 200, body: 'ok', headers: { 'content-type': 'text/plain; charset=utf-8' } };
  if (path === '/version' || path === '/version/') return { code: 200, body: { ...VERSION } };
  const found = discover(path.replace(/\/$/, ''), catalogue, context);
  if (found === undefined) throw path.startsWith('/openapi/') ? noSuchResource() : new NoSuchPath();
  return found;
}

/** https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api */
function discover(path: string, catalogue: Catalogue, { host, accept }: { readonly host: string; readonly accept: string }): Answer | undefined {
  const legacy = path === '/api';
  if (legacy || path === '/apis') {
    if (wantsAggregated(accept)) return { code: 200, body: aggregated(catalogue, legacy), headers: { 'content-type': AGGREGATED_TYPE, vary: 'Accept' } };
    return { code: 200, body: legacy ? legacyVersions(host) : groupList(catalogue), headers: { vary: 'Accept' } };
  }
  if (path === '/api/v1') return { code: 200, body: resourceList(catalogue, '', 'v1') };
  const parsed = /^\/apis\/([^/]+)(?:\/([^/]+))?$/.exec(path);
  return parsed ? discoverGroup(parsed[1] ?? '', parsed[2] ?? '', catalogue) : undefined;
}

function discoverGroup(group: string, version: string, catalogue: Catalogue): Answer | undefined {
  const document = version === '' ? groupDocument(catalogue, group) : undefined;
  if (document !== undefined) return { code: 200, body: document };
  return version !== '' && catalogue.serves(group, version) ? { code: 200, body: resourceList(catalogue, group, version) } : undefined;
}
