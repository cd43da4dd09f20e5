import type { RepositoryId } from '@sluice/kernel';
import type { Settings } from '../settings.js';

/** Where people and agents clone a repository of the built-in forge. */
export function gitUrl(settings: Pick<Settings, 'publicUrl'>, repository: RepositoryId): string {
  return `${settings.publicUrl}/git/${repository}.git`;
}
