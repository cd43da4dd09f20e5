/**
 * What an API token may be limited to: `read` · `promote`: move, stop and undo changes, push · `approve`: decide · `report`: say what CI has found · `admin`: what admins do · `slack`: speak for Slack's
 * bot. A token can do what its scopes and its person both may.
 */
export const SCOPES = ['read', 'promote', 'approve', 'report', 'admin', 'slack'] as const;
export type Scope = (typeof SCOPES)[number];
