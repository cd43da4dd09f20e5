import type { FastifyReply, FastifyRequest } from 'fastify';
import { isSecure } from '../http/is-secure.js';
import type { Settings } from '../settings.js';

/**
 * The cookie that goes along while a browser is away on another site, to a provider of identities or to a forge: whoever comes back without it began nothing here. It holds a secret of which the server keeps the
 * hash, for one answer. It is taken away when that answer was good, and not before: anybody can lead a browser to the address that it comes back to, and would end with that what is under way in it.
 */
export class RoundTripCookie {
  constructor(
    private readonly name: 'sign-in' | 'account',
    private readonly settings: Pick<Settings, 'publicUrl'>,
  ) {}

  /** `lifetime` in milliseconds. */
  give(reply: FastifyReply, { browserSecret, lifetime }: { readonly browserSecret: string; readonly lifetime: number }): void {
    void reply.setCookie(this.cookieName(), browserSecret, { ...this.options(), maxAge: lifetime / 1_000 });
  }

  of(request: FastifyRequest): string | undefined {
    return request.cookies[this.cookieName()];
  }

  take(reply: FastifyReply): void {
    void reply.clearCookie(this.cookieName(), this.options());
  }

  private cookieName(): string {
    return isSecure(this.settings) ? `__Host-sluice-${this.name}` : `sluice-${this.name}`;
  }

  /** Lax: the browser comes back from another site, and has to bring it. */
  private options() {
    return { httpOnly: true, sameSite: 'lax', secure: isSecure(this.settings), path: '/' } as const;
  }
}
