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

/** Reads `registry.example.org/shop/checkout:1.0` as container runtimes do; undefined when it is no name of an image. */
export function readImageName(image: string): ImageName | undefined {
  const [withTag = '', digest] = image.split('@', 2);
  const slash = withTag.indexOf('/');
  const first = slash < 0 ? '' : withTag.slice(0, slash);
  const named = first === 'localhost' || /[.:]/.test(first);
  const host = named ? first : 'docker.io';
  const [repository = '', tag = 'latest', ...rest] = (named ? withTag.slice(slash + 1) : withTag).split(':');
  const reference = digest ?? tag;
  if (rest.length > 0 || !HOST.test(host) || !REPOSITORY.test(repository) || !TAG.test(tag) || (digest !== undefined && !DIGEST.test(digest))) return undefined;
  if (host === 'docker.io' || host === 'index.docker.io') return { origin: 'https://registry-1.docker.io', repository: repository.includes('/') ? repository : `library/${repository}`, reference };
  return { origin: `${LOCAL.test(host) ? 'http' : 'https'}://${host}`, repository, reference };
}
