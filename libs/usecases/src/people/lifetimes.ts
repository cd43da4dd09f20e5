/** How long credentials live, in milliseconds. */
export const LOGIN_LINK_LIFETIME = 10 * 60_000;
export const LOGIN_CODE_LIFETIME = 10 * 60_000;
export const SESSION_LIFETIME = 12 * 3_600_000;
/** A session that was not used for so long ends before its time. */
export const SESSION_IDLE = 2 * 3_600_000;
export const TOKEN_LIFETIME = 30 * 86_400_000;
/** How exactly the last use of a credential is known: one write for so many reads. */
export const USE_RESOLUTION = 10 * 60_000;
