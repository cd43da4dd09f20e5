import { ApiError, badRequest } from './api-error.js';

const CHANGE = ['dryRun', 'fieldManager', 'fieldValidation'];
const LIST = ['allowWatchBookmarks', 'continue', 'fieldSelector', 'labelSelector', 'limit', 'resourceVersion', 'resourceVersionMatch', 'sendInitialEvents', 'timeoutSeconds', 'watch'];
const DELETE = ['dryRun', 'gracePeriodSeconds', 'orphanDependents', 'propagationPolicy'];

// https://kubernetes.io/docs/reference/kubernetes-api/common-parameters/common-parameters/
const BY_VERB: Readonly<Record<string, readonly string[]>> = {
  get: ['resourceVersion'],
  list: LIST,
  watch: LIST,
  create: CHANGE,
  update: CHANGE,
  patch: [...CHANGE, 'force'],
  delete: DELETE,
  deletecollection: [...DELETE, ...LIST],
};
const ALWAYS = ['pretty', 'timeout'];
const LOG = ['container', 'follow', 'limitBytes', 'previous', 'sinceSeconds', 'sinceTime', 'tailLines', 'timestamps'];

/** Parameters that the verb has not. A real server ignores them; the double refuses, because whoever sends one believes that it does something. */
export function unknownParameters(verb: string, subresource: string, query: URLSearchParams): string[] {
  const known = [...(BY_VERB[verb] ?? []), ...ALWAYS, ...(subresource === 'log' ? LOG : [])];
  return [...new Set(query.keys())].filter((name) => !known.includes(name));
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run */
export function isDryRun(query: URLSearchParams): boolean {
  const values = query.getAll('dryRun').filter((value) => value !== '');
  if (values.some((value) => value !== 'All')) throw new ApiError(422, 'Invalid', `dryRun: Unsupported value: ${JSON.stringify(values)}: supported values: "All"`);
  return values.length > 0;
}

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation: `Warn` is the server's default. */
export function fieldValidation(query: URLSearchParams): FieldValidation {
  const value = query.get('fieldValidation') ?? '';
  if (value === '') return 'Warn';
  if (value === 'Ignore' || value === 'Warn' || value === 'Strict') return value;
  throw badRequest(`fieldValidation: Unsupported value: "${value}": supported values: "", "Ignore", "Strict", "Warn"`);
}
