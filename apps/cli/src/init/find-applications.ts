/** What is promoted on its own. */
export interface FoundApplication {
  readonly name: string;
  readonly folder: string;
}

/** Folders whose folders are one application each, in many repositories. */
const PARENTS = ['apps', 'applications', 'services', 'components', 'workloads'];
const MANIFEST = /\.(?:ya?ml|json)$/i;
/** As the pipeline file wants names. */
const MAX_NAME = 60;

/** The applications that the folders of an environment's branch look like. None: one application owns everything. */
export function findApplications(files: readonly string[]): readonly FoundApplication[] {
  const manifests = files.filter((file) => MANIFEST.test(file) && !file.split('/').some((part) => part.startsWith('.')));
  for (const parent of PARENTS) {
    const found = foldersIn(`${parent}/`, manifests);
    if (found.length > 0) return found;
  }
  return foldersIn('', manifests);
}

function foldersIn(parent: string, files: readonly string[]): readonly FoundApplication[] {
  const inside = files.filter((file) => file.startsWith(parent)).map((file) => file.slice(parent.length).split('/'));
  const folders = [...new Set(inside.flatMap(([folder = '', ...rest]) => (rest.length === 0 ? [] : [folder])))].sort();
  const taken = new Set<string>();
  return folders.flatMap((folder) => {
    const name = nameOf(folder);
    if (name === '' || taken.has(name)) return [];
    taken.add(name);
    return [{ name, folder: `${parent}${folder}` }];
  });
}

/** A name that the pipeline file takes, made of a folder's or a repository's. */
export function nameOf(text: string): string {
  const letters = text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return letters.slice(0, MAX_NAME).replace(/^[^a-z]+|-+$/g, '');
}
