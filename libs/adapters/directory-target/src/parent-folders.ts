/** Every folder above the paths, relative, without the root: for `a/b/c.yaml` it is `a` and `a/b`. */
export function parentFolders(paths: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    let at = path.lastIndexOf('/');
    while (at > 0 && !folders.has(path.slice(0, at))) {
      folders.add(path.slice(0, at));
      at = path.lastIndexOf('/', at - 1);
    }
  }
  return folders;
}
