import type { Settings } from '../settings.js';

/** Whether people reach this server by https: cookies are for that alone then, and browsers are told to keep to it. */
export function isSecure({ publicUrl }: Pick<Settings, 'publicUrl'>): boolean {
  return new URL(publicUrl).protocol === 'https:';
}
