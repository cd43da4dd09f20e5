/** What a request says who it is; nothing is checked yet. */
export interface PresentedCredential {
  /** The name before the colon of HTTP basic authentication; git asks its user for it and any name may stand there. */
  readonly username?: string;
  readonly secret: string;
}

/** Sent with a 401, so that git asks its user or its credential helper. */
export const AUTHENTICATE = 'Basic realm="Sluice", charset="UTF-8"';

const MAX_LENGTH = 8_192;

/**
 * Reads an `Authorization` header: `Basic` (the token is the password, or the user name when the password is empty) or `Bearer`.
 * @returns undefined when there is none or it has another form.
 */
export function presentedCredential(header: string | undefined): PresentedCredential | undefined {
  if (header === undefined || header.length > MAX_LENGTH) return undefined;
  const [, scheme = '', value = ''] = /^(basic|bearer) +([^\s,]+)$/i.exec(header.trim()) ?? [];
  if (value === '') return undefined;
  return scheme.toLowerCase() === 'bearer' ? { secret: value } : basic(value);
}

function basic(value: string): PresentedCredential | undefined {
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  const username = text.slice(0, colon);
  const password = text.slice(colon + 1);
  if (password !== '') return { username, secret: password };
  return username === '' ? undefined : { secret: username };
}
