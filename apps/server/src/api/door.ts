import type { Approval } from '@sluice/usecases';
import type { PersonCaller } from '../http/caller.js';

/** By which door a decision came: a session is the dashboard's; a token that `sluice login` made is the command line's; any other is the API's. */
export function doorOf({ credential }: PersonCaller): Approval['door'] {
  if (credential.kind === 'session') return 'dashboard';
  return credential.label === 'cli' ? 'cli' : 'api';
}
