/** A branch that is an environment, as it will be called. */
export interface FoundEnvironment {
  readonly name: string;
  readonly branch: string;
}

/** What such branches are called most often, from the first environment to the last; names in one row stand for the same one. */
const KNOWN: readonly (readonly string[])[] = [
  ['dev', 'develop', 'development'],
  ['integration', 'int'],
  ['test', 'testing'],
  ['qa'],
  ['uat', 'acceptance'],
  ['staging', 'stage'],
  ['preprod', 'pre-prod', 'preproduction'],
  ['prod', 'production', 'live'],
];

/** The environments among some branches, in the order in which changes usually go through them. A branch may be in a folder: `env/dev` is `dev`. */
export function findEnvironments(branches: readonly string[]): readonly FoundEnvironment[] {
  return KNOWN.flatMap((names) => {
    const found = names.flatMap((name) => branches.filter((branch) => lastPart(branch).toLowerCase() === name).slice(0, 1))[0];
    return found === undefined ? [] : [{ name: lastPart(found).toLowerCase(), branch: found }];
  });
}

/** Environments that somebody names, on branches of the same name, or on those in a folder. */
export function namedEnvironments(names: readonly string[], branches: readonly string[]): readonly FoundEnvironment[] {
  return names.map((name) => ({ name: lastPart(name), branch: branches.find((branch) => branch === name) ?? branches.find((branch) => lastPart(branch) === name) ?? name }));
}

function lastPart(branch: string): string {
  return branch.slice(branch.lastIndexOf('/') + 1);
}
