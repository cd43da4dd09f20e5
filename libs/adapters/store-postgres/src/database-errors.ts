import { Conflict, InvalidInput, SluiceError, Unavailable, messageOf } from '@sluice/kernel';
import { DrizzleQueryError } from 'drizzle-orm';
import pg from 'pg';
import { StoreFault } from './store-fault.js';

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
const UNIQUE_VIOLATION = '23505';
const LOGIN_REFUSED = /^28/;
const NO_SUCH_DATABASE = '3D000';
/** Values that no column takes, and what is wrong with them: whoever gave one is told so, and is not told that something is wrong here. */
const UNSTORABLE: Readonly<Record<string, string>> = { '22003': 'a number is too large', '22007': 'a time is none', '22008': 'a time is out of range', '22021': 'a text holds the character NUL', '22P05': 'a text holds the character NUL' };
// Connection exceptions, insufficient resources, operator intervention, cancelled or idle too long.
const OUT_OF_ORDER = /^(08|53|57|25P03|25P04|58)/;

/**
 * Whatever pg or Drizzle threw as an error of ours. Statements, parameters and row contents are left out: they may hold what nobody may read.
 */
export function translated(error: unknown): unknown {
  if (error instanceof SluiceError) return error;
  if (error instanceof DrizzleQueryError) return fromDriver(error.cause);
  if (error instanceof pg.DatabaseError) return fromDriver(error);
  return error;
}

/** For a connection, a commit and the like, where everything that fails is the database. */
export function fromDriver(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  if (!(error instanceof pg.DatabaseError)) return new Unavailable('The database does not answer. Check that it runs and that its URL is right.', { cause: discreet(error) });
  return refused(error);
}

function refused(error: pg.DatabaseError): SluiceError {
  const { code = '', constraint } = error;
  const options = { cause: discreet(error), details: { sqlState: code } };
  if (code === UNIQUE_VIOLATION) return new Conflict(`It is there already (${constraint ?? 'unique'}): look again`, options);
  const unstorable = UNSTORABLE[code];
  if (unstorable !== undefined) return new InvalidInput(`This cannot be stored or looked for: ${unstorable}`, options);
  if (code === SERIALIZATION_FAILURE || code === DEADLOCK) return new Conflict('Somebody else changed the same rows at the same time: try again', options);
  if (OUT_OF_ORDER.test(code)) return new Unavailable('The database cannot work at the moment', options);
  return new StoreFault(faultOf(error), options);
}

function faultOf({ code = '', message }: pg.DatabaseError): string {
  if (LOGIN_REFUSED.test(code)) return 'The database refuses the login: correct the user and the password in its URL, or let the user in';
  if (code === NO_SUCH_DATABASE) return `There is no ${/database ".*"/.exec(message)?.[0] ?? 'such database'}: create it, or correct the name in its URL`;
  return `The database refused a statement (SQLSTATE ${code})`;
}

/** True when running the whole transaction again can succeed. */
export function isRetryable(error: unknown): boolean {
  return error instanceof Conflict && [SERIALIZATION_FAILURE, DEADLOCK].includes(String(error.details['sqlState']));
}

// pg's errors carry `detail` and `where`, which quote rows.
function discreet(error: unknown): Error {
  const copy = new Error(messageOf(error));
  if (error instanceof Error && error.stack) copy.stack = error.stack;
  return copy;
}
