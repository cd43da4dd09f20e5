/** A value that JSON holds. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** By which way something came. */
export const AUDIT_DOORS = ['api', 'cli', 'dashboard', 'forge', 'slack', 'agent', 'sluice'] as const;
export type AuditDoor = (typeof AUDIT_DOORS)[number];

/** Who has done it: a person, an agent (named after its cluster), or Sluice by itself. */
export interface AuditWho {
  readonly kind: 'person' | 'agent' | 'sluice';
  readonly name: string;
  /** What was shown: never the secret. */
  readonly credential?: { readonly id: string; readonly kind: string; readonly label: string };
}

/** What it was about. */
export interface AuditPlace {
  readonly repository?: string;
  readonly environment?: string;
  readonly application?: string;
  readonly promotion?: string;
  readonly cluster?: string;
  readonly person?: string;
}

/** One write, as an auditor reads it. */
export interface AuditEntry {
  /** ISO 8601, UTC, of the server that wrote it. */
  readonly at: string;
  readonly who: AuditWho;
  readonly door: AuditDoor;
  /** Where the request came from. */
  readonly from?: { readonly address?: string; readonly login?: string };
  /** A verb that stays the same over versions: `promotion.approve`. */
  readonly action: string;
  readonly place: AuditPlace;
  /** What it was before and is now, as far as that was changed. */
  readonly before?: Json;
  readonly after?: Json;
  readonly why?: string;
}
