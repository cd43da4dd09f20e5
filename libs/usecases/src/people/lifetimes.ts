/** How long credentials live, in milliseconds. */
export const LOGIN_LINK_LIFETIME = 10 * 60_000;
export const SESSION_LIFETIME = 12 * 3_600_000;
export const TOKEN_LIFETIME = 30 * 86_400_000;
