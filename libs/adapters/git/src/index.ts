export { createMirrors, type MirrorsOptions, type OwnedMirrors } from './create-mirrors.js';
export type { GitMirror } from './git-mirror.js';
