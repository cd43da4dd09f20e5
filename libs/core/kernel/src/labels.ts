/** Labels as Kubernetes has them: of a cluster, or what is asked of one. */
export type Labels = Readonly<Record<string, string>>;

/** More than anybody needs to tell clusters apart. */
export const MAX_LABELS = 64;

const NAME = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const MAX_PREFIX = 253;

/** Why a text is no key of a label by the rules of Kubernetes; undefined when it is one. */
export function labelKeyProblem(key: string): string | undefined {
  const slash = key.indexOf('/');
  const [prefix, name] = slash < 0 ? [undefined, key] : [key.slice(0, slash), key.slice(slash + 1)];
  if (prefix !== undefined && (prefix.length > MAX_PREFIX || !PREFIX.test(prefix))) return 'the part of a label\'s key before the "/" must be a DNS name in lower case, at most 253 characters';
  return NAME.test(name) ? undefined : 'a label\'s key must be letters, digits, "-", "_" and ".", at most 63, beginning and ending with a letter or digit';
}

/** Why a text is no value of a label by the rules of Kubernetes; undefined when it is one. */
export function labelValueProblem(value: string): string | undefined {
  return value === '' || NAME.test(value) ? undefined : 'a label\'s value must be empty, or letters, digits, "-", "_" and ".", at most 63, beginning and ending with a letter or digit';
}

/** The first thing that is wrong with labels; undefined when nothing is. */
export function labelsProblem(labels: Labels): string | undefined {
  const entries = Object.entries(labels);
  if (entries.length > MAX_LABELS) return `at most ${MAX_LABELS} labels`;
  const [problem] = entries.flatMap(([key, value]) => labelKeyProblem(key) ?? labelValueProblem(value) ?? []);
  return problem;
}

/** Whether labels have every label that a selector asks for, with the same value; an empty selector takes all. */
export function hasLabels(labels: Labels, selector: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

/** `canary=true,region=eu`; empty without labels. */
export function formatLabels(labels: Labels): string {
  return Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** {@link formatLabels} read back; undefined when the text is nothing of the kind. Whether keys and values are good is {@link labelsProblem}'s to say. */
export function parseLabels(text: string): Labels | undefined {
  const pairs = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1), part.includes('=')] as const);
  return pairs.every(([, , isPair]) => isPair) ? Object.fromEntries(pairs.map(([key, value]) => [key, value])) : undefined;
}
