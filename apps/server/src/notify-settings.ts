import { parseNotificationTarget } from '@sluice/pipeline';
import { InvalidEnvironment } from '@sluice/runtime';
import type { MailServer } from '@sluice/notify-mail';
import { z } from 'zod';

const NONE = 'none';
const list = z.string().transform((text) => text.split(/[\s,]+/).filter(Boolean));

/** Variables of what people are told by; `SLUICE_SMTP_URL` turns mail on. */
export const NOTIFY_FIELDS = {
  // what is wrong with it is said without its value: a password may stand in it
  SLUICE_SMTP_URL: z.string().refine(isSmtpUrl, 'a URL such as smtp://user:password@mail.example.org:587 or smtps://mail.example.org').optional(),
  SLUICE_SMTP_STARTTLS: z.enum(['required', 'if-offered', 'never'], { error: 'one of required, if-offered, never; smtps:// is encrypted from the first byte' }).default('required'),
  SLUICE_MAIL_FROM: z.string().refine((text) => parseNotificationTarget(`mail:${text}`) !== undefined, 'an address such as sluice@example.org').optional(),
  SLUICE_NOTIFY_DEFAULT: list.pipe(z.array(z.string().refine((text) => text === NONE || parseNotificationTarget(text) !== undefined, 'targets such as mail:ops@example.org or slack:#ops with commas between them, or none'))).optional(),
};

type Found = z.output<z.ZodObject<typeof NOTIFY_FIELDS>>;

/** Who is told by the server itself, and by which mail server. */
export interface NotifyEnvironment {
  readonly mail?: MailServer;
  /** Absent: admins, where there is a mail server. */
  readonly defaultTargets?: readonly string[];
}

/** @throws InvalidEnvironment when variables do not go together. */
export function notifyIn(found: Found): NotifyEnvironment {
  const { SLUICE_SMTP_URL: url, SLUICE_MAIL_FROM: from, SLUICE_NOTIFY_DEFAULT: targets } = found;
  if ((url === undefined) !== (from === undefined)) throw new InvalidEnvironment(['SLUICE_SMTP_URL and SLUICE_MAIL_FROM belong together: a mail server, and in whose name mail is sent']);
  return {
    ...(url !== undefined && from !== undefined && { mail: mailServerOf(url, from, found.SLUICE_SMTP_STARTTLS) }),
    ...(targets && { defaultTargets: targets.filter((target) => target !== NONE) }),
  };
}

function mailServerOf(text: string, from: string, starttls: Found['SLUICE_SMTP_STARTTLS']): MailServer {
  const { protocol, hostname, port, username, password } = new URL(text);
  const tls = protocol === 'smtps:' ? 'implicit' : starttls;
  if (username !== '' && (tls === 'never' || tls === 'if-offered')) throw new InvalidEnvironment([`SLUICE_SMTP_STARTTLS: with ${tls} a password could go over the network in the clear: leave it at required, or leave the user out of SLUICE_SMTP_URL`]);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (tls === 'implicit' ? 465 : 587) : Number(port),
    tls,
    from,
    ...(username !== '' && { auth: { user: decodeURIComponent(username), password: decodeURIComponent(password) } }),
  };
}

function isSmtpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, username, password } = new URL(text);
  return ['smtp:', 'smtps:'].includes(protocol) && hostname !== '' && ['', '/'].includes(pathname) && search === '' && isEncoded(username) && isEncoded(password);
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
