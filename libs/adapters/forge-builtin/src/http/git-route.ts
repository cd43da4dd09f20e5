import type { RepositoryId } from '@sluice/kernel';

export type GitService = 'git-upload-pack' | 'git-receive-pack';

export type GitRoute =
  /** The refs at the beginning of a fetch or push. */
  | { readonly kind: 'advertise'; readonly service: GitService }
  | { readonly kind: 'call'; readonly service: GitService }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string };

const DUMB = 'Only git\'s smart HTTP protocol is served here: use git 1.6.6 or newer, and "git clone <url>".';

/**
 * Finds the route at the end of a URL, which may stand below any prefix: `…/<repository>[.git]/info/refs`. Everything else is refused; no part of the path ever becomes part of a file's name.
 */
export function gitRoute(method: string | undefined, url: string | undefined, repository: RepositoryId): GitRoute {
  const [path = '', query = ''] = (url ?? '').split('?', 2);
  if (!isPlainPath(path)) return refuse(400, 'This path is not a repository.');
  const [, named, tail] = /\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(path) ?? [];
  if (named !== repository) return refuse(404, DUMB);
  return tail === 'info/refs' ? advertised(method, query) : called(method, tail === 'git-receive-pack' ? tail : 'git-upload-pack');
}

function called(method: string | undefined, service: GitService): GitRoute {
  return method === 'POST' ? { kind: 'call', service } : refuse(405, 'git calls its services with POST.');
}

/** Nothing in it can mean something else after decoding or normalising. */
function isPlainPath(path: string): boolean {
  return /^[A-Za-z0-9/._-]+$/.test(path) && path.split('/').every((segment) => segment !== '.' && segment !== '..');
}

function advertised(method: string | undefined, query: string): GitRoute {
  if (method !== 'GET') return refuse(405, 'Ask for refs with GET.');
  const service = new URLSearchParams(query).get('service');
  if (service === 'git-upload-pack' || service === 'git-receive-pack') return { kind: 'advertise', service };
  return refuse(403, DUMB);
}

function refuse(status: number, message: string): GitRoute {
  return { kind: 'refused', status, message };
}
