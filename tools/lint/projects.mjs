// The projects of the workspace, read from what npm and Nx read: the root's `workspaces` and each project's package.json.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** @returns {{ name: string, folder: string, tags: string[], layers: string[], manifest: Record<string, any> }[]} `folder` counts from the root. */
export function readProjects(root) {
  const { workspaces = [] } = readJson(join(root, 'package.json'));
  return workspaces
    .flatMap((pattern) => foldersOf(root, pattern))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => toProject(root, folder));
}

export function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function toProject(root, folder) {
  const manifest = readJson(join(root, folder, 'package.json'));
  const tags = manifest.nx?.tags ?? [];
  return { name: manifest.name, folder, tags, layers: tags.filter((tag) => tag.startsWith('layer:')).map((tag) => tag.slice('layer:'.length)), manifest };
}

/** Folders of a workspace pattern: a path, or a path and `/*`. */
function foldersOf(root, pattern) {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  if (!existsSync(join(root, parent))) return [];
  const entries = readdirSync(join(root, parent), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => `${parent}/${entry.name}`).sort();
}
