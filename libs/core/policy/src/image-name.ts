/** An image as manifests name it, in its parts. */
export interface ImageParts {
  /** Registry and repository, as they are written. */
  readonly name: string;
  readonly tag?: string;
  /** `sha256:…`. */
  readonly digest?: string;
}

const HOST = /^(?:(?:localhost|[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+)(?::\d{1,5})?|[a-zA-Z0-9-]+:\d{1,5})$/;
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,128}$/;
const MAX_NAME = 512;
const DOCKER_HUB = /^(?:index\.)?docker\.io\//;

/** Reads `registry.example.org/shop/checkout:1.0@sha256:…`; undefined when it is no image (a template, for example). */
export function imageParts(reference: string): ImageParts | undefined {
  const [rest = '', digest] = reference.split('@', 2);
  const colon = rest.lastIndexOf(':');
  // the colon of a port stands before a slash
  const hasTag = colon > rest.lastIndexOf('/');
  const [name, tag] = hasTag ? [rest.slice(0, colon), rest.slice(colon + 1)] : [rest, undefined];
  const valid = isName(name) && (tag === undefined || isTag(tag)) && (digest === undefined || DIGEST.test(digest));
  return valid ? { name, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) } : undefined;
}

/** What is wrong with the name of an image whose tags are looked for; undefined: nothing. */
export function imageNameProblem(text: string): string | undefined {
  return isName(text) ? undefined : 'must be the name of an image without tag and digest, such as registry.example.org/shop/checkout';
}

function isTag(text: string): boolean {
  return TAG.test(text);
}

/** The same for every way to write an image of Docker Hub: `nginx`, `library/nginx`, `docker.io/library/nginx`. */
export function canonicalName(name: string): string {
  const path = name.replace(DOCKER_HUB, '');
  const [first = '', ...rest] = path.split('/');
  const elsewhere = rest.length > 0 && (first === 'localhost' || /[.:]/.test(first));
  if (elsewhere) return path;
  return `docker.io/${rest.length === 0 ? 'library/' : ''}${path}`;
}

function isName(text: string): boolean {
  const slash = text.indexOf('/');
  const path = slash > 0 && HOST.test(text.slice(0, slash)) ? text.slice(slash + 1) : text;
  return text.length <= MAX_NAME && PATH.test(path);
}
