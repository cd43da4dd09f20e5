import type { FastifyReply, FastifyRequest } from 'fastify';

// a browser accepts a __Host- cookie only over https, from this very host and for every path: no other application under the same domain can set it
const SECURE_NAME = '__Host-sluice';
const PLAIN_NAME = 'sluice';

function cookieName(secure: boolean): string {
  return secure ? SECURE_NAME : PLAIN_NAME;
}

/** The session's secret that a request's cookie holds. */
export function sessionSecret(request: FastifyRequest, secure: boolean): string | undefined {
  return request.cookies[cookieName(secure)];
}

/** Hands the session's secret to the browser, out of reach of scripts and of other sites' requests. */
export function setSessionCookie(reply: FastifyReply, secret: string, options: { readonly secure: boolean; readonly expiresAt: number }): void {
  void reply.setCookie(cookieName(options.secure), secret, { httpOnly: true, sameSite: 'strict', secure: options.secure, path: '/', expires: new Date(options.expiresAt) });
}

export function clearSessionCookie(reply: FastifyReply, secure: boolean): void {
  void reply.clearCookie(cookieName(secure), { httpOnly: true, sameSite: 'strict', secure, path: '/' });
}
