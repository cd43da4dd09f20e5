/** Where an image is, as registries are asked for it. */
export interface ImageName {
  /** `https://registry.example.org`, without a slash at the end. */
  readonly origin: string;
  readonly repository: string;
  /** A tag or a digest. */
  readonly reference: string;
}

const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/;
const HOST = /^(?:[a-zA-Z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::\d+)?$/;
/** A registry on this machine is asked without encryption, as container runtimes do. */
const LOCAL = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/;

const DOCKER_HUB = ['docker.io', 'index.docker.io'] as const;

/** Reads `registry.example.org/shop/checkout:1.0` as container runtimes do; undefined when it is no name of an image. */
export function readImageName(image: string): ImageName | undefined {
  const [name = '', digest] = image.split('@', 2);
  const { host, path } = splitHost(name);
  const [repository = '', tag = 'latest', ...rest] = path.split(':');
  const valid = rest.length === 0 && HOST.test(host) && REPOSITORY.test(repository) && TAG.test(tag) && isDigest(digest);
  return valid ? { ...placeOf(host, repository), reference: digest ?? tag } : undefined;
}

function isDigest(text: string | undefined): boolean {
  return text === undefined || DIGEST.test(text);
}

/** What stands before the first slash is a registry when it looks like a host; else the image is on Docker Hub. */
function splitHost(name: string): { readonly host: string; readonly path: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  return first === 'localhost' || /[.:]/.test(first) ? { host: first, path: name.slice(slash + 1) } : { host: DOCKER_HUB[0], path: name };
}

function placeOf(host: string, repository: string): Pick<ImageName, 'origin' | 'repository'> {
  if (DOCKER_HUB.some((name) => name === host)) return { origin: 'https://registry-1.docker.io', repository: repository.includes('/') ? repository : `library/${repository}` };
  return { origin: `${LOCAL.test(host) ? 'http' : 'https'}://${host}`, repository };
}
