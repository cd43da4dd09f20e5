import type { Finding } from '../finding.js';
import type { Outline } from '../outline.js';
import type { DocumentPath } from '../source/location.js';
import { didYouMean } from '../suggestion.js';

/** Names that roles, ownership rules and notifications mention exist. */
export function checkReferences(outline: Outline): readonly Finding[] {
  const environments = outline.environments.map(({ name }) => name).filter((name) => typeof name === 'string');
  const applications = outline.applications ? outline.applications.map(({ name }) => name).filter((name) => typeof name === 'string') : [outline.pipeline ?? ''];
  const inEnvironments = (names: Names, path: DocumentPath) => unknownNames('environment', environments, names, path);
  return [
    ...outline.environmentOwned.flatMap((rule, index) => inEnvironments(rule.environments, ['spec', 'environmentOwned', index, 'environments'])),
    ...outline.roles.flatMap((role, index) => [
      ...inEnvironments(role.environments, ['spec', 'roles', index, 'environments']),
      ...unknownNames('application', applications, role.applications, ['spec', 'roles', index, 'applications']),
    ]),
    ...outline.notifications.flatMap((rule, index) => [
      ...inEnvironments(rule.environments, ['spec', 'notifications', index, 'environments']),
      ...unknownNames('application', applications, rule.applications, ['spec', 'notifications', index, 'applications']),
    ]),
  ];
}

type Names = readonly (string | null | undefined)[] | null | undefined;

function unknownNames(what: string, known: readonly string[], names: Names, path: DocumentPath): readonly Finding[] {
  return (names ?? []).flatMap((name, at): Finding[] => {
    if (typeof name !== 'string' || name === '*' || known.includes(name)) return [];
    return [{ path: [...path, at], message: `there is no ${what} "${name}"${didYouMean(name, known)}` }];
  });
}
