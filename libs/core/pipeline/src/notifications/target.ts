/** Where somebody is told: `slack:#channel` or `slack:C0123456789`, `mail:ops@example.org`, `webhook:NAME`. */
export interface NotificationTarget {
  readonly kind: 'slack' | 'mail' | 'webhook';
  /** The channel, the address, or the name that the server has for the webhook. */
  readonly name: string;
}

const FORMS: Readonly<Record<NotificationTarget['kind'], RegExp>> = {
  slack: /^(#[\p{Ll}\p{Lo}\p{N}_-]{1,80}|[CG][A-Z0-9]{1,30})$/u,
  // what every mail server takes; nothing that could be more than one address or a header
  mail: /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$/,
  webhook: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
};

/** Undefined: it is none. */
export function parseNotificationTarget(text: string): NotificationTarget | undefined {
  const colon = text.indexOf(':');
  const kind = text.slice(0, Math.max(colon, 0));
  const name = text.slice(colon + 1);
  if (kind !== 'slack' && kind !== 'mail' && kind !== 'webhook') return undefined;
  return FORMS[kind].test(name) ? { kind, name } : undefined;
}
